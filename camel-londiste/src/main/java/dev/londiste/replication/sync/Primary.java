package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.SqlStates;
import dev.londiste.pgq.jdbc.JdbcSession;

/**
 * Refuses a provider in recovery (C22): a snapshot taken there lacks transactions that run on the primary. Asked before
 * anything is registered, so that a refusal leaves nothing behind. Stateless and thread-safe; the query belongs to the
 * caller's transaction.
 */
public final class Primary {

    private static final String IN_RECOVERY = """
            select pg_is_in_recovery()
            """;

    private Primary() {}

    /**
     * Returns when the provider is a primary.
     *
     * @throws PgqException when it is a standby
     */
    public static void require(Job job, JdbcSession provider) {
        if (provider.one(IN_RECOVERY, row -> row.getBoolean(1))) {
            throw new PgqException(
                    "The provider of job " + job.name()
                            + " is a standby, which can neither keep the job's place in queue " + job.queue()
                            + " nor show a snapshot with all running transactions: name the primary",
                    job.facts().sqlState(SqlStates.READ_ONLY),
                    null);
        }
    }
}
