package dev.londiste.replication.sync;

import dev.londiste.pgq.jdbc.Jdbc;

/** Whether any process replays a job now: the subscriber's database knows who holds the {@link JobLock}. Stateless and thread-safe. */
public final class ActiveReplay {

    private static final String HELD = """
            select exists (
                select from pg_catalog.pg_locks l
                 where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
                   and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
                   and (l.classid::bigint << 32) | l.objid::bigint =\s""" + JobLock.KEY + ")";

    private ActiveReplay() {}

    public static boolean isThereOf(Job job) {
        return new Jdbc(job.subscriber()).one(HELD, row -> row.getBoolean(1), job.consumer());
    }
}
