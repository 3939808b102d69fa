package dev.londiste.replication.random;

import java.util.List;
import java.util.Random;

/**
 * What a random table has besides its columns. Immutable.
 *
 * @param generated whether n is doubled by a generated column: 0 nowhere, 1 on the provider, 2 on the subscriber, 3 on both;
 *     where it is not generated it is not there
 * @param identity a column that is generated always as identity
 * @param own a column that only the subscriber has
 * @param gone a column that was dropped, in the middle
 * @param again a trigger on the provider that changes rows again
 * @param backup whether updates carry their old row
 */
record RandomShape(int generated, boolean identity, boolean own, boolean gone, boolean again, boolean backup) {

    static RandomShape of(Random random, boolean partitioned) {
        return new RandomShape(
                List.of(0, 2, 3).get(random.nextInt(3)),
                !partitioned && random.nextInt(4) == 0,
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextInt(4) == 0,
                random.nextBoolean());
    }

    /** Definitions of columns, each with a comma behind it. */
    String columns(boolean provider) {
        return (gone ? (provider ? "gone text default 'gone', " : "gone1 int, gone2 int default 3, ") : "")
                + (has(provider) ? "twice bigint generated always as (n::bigint * 2) stored, " : "")
                + (identity ? "seq int generated always as identity, " : "")
                + (own && !provider ? "own text default 'mine', " : "");
    }

    private boolean has(boolean provider) {
        return (generated & (provider ? 1 : 2)) != 0;
    }

    /** Statements behind the table's own. */
    String after(String name, boolean provider) {
        if (!gone) {
            return "";
        }
        return provider
                ? "; alter table $s." + name + " drop gone"
                : "; alter table $s." + name + " drop gone1, drop gone2";
    }

    /** Columns that both sides have. */
    String compared(boolean masked) {
        return (identity ? ", seq::text" : "") + (generated == 3 && !masked ? ", twice::text" : "");
    }
}
