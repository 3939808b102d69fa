package dev.londiste.pgq;

/** The SQLSTATEs that the functions of the schemas pgq and pgq_client raise, and those of PostgreSQL that we branch on. */
public final class SqlStates {

    public static final String NO_SUCH_QUEUE = "PQ001";
    public static final String NOT_REGISTERED = "PQ002";
    /** The batch belongs to someone else by now, or is finished. */
    public static final String BATCH_NOT_OWNED = "PQ003";

    public static final String LOST_POSITION = "PQ004";
    public static final String WRONG_ISOLATION = "PQ005";
    /** Transaction ids lie behind the last tick: restored from a dump (C14). */
    public static final String RESTORED = "PQ006";

    public static final String INSERT_REFUSED = "PQ007";
    /** Found by us, not raised by the server: PgQ is not installed, or too old. */
    public static final String NOT_INSTALLED = "PQ010";

    public static final String UNDEFINED_FUNCTION = "42883";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String UNDEFINED_SCHEMA = "3F000";
    /** On a standby, or where the session may not write. */
    public static final String READ_ONLY = "25006";

    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    /** Class of connection failures. */
    public static final String CONNECTION = "08";

    private SqlStates() {}
}
