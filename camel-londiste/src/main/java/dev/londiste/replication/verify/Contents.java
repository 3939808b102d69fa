package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.verify.BothSides.Both;
import dev.londiste.replication.verify.VerificationProgress.Phase;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares the contents of both sides in two passes (C39). The first sums up all rows by buckets of their keys, a range
 * of pages at a time: few numbers travel. The second reads the rows of the buckets that differ, as digests in the order
 * of the digests of their keys, which is the same on every server, and merges both sides. Neither depends on order,
 * collation or type of the key, and both need little memory whatever the size of the table. Not thread-safe.
 */
final class Contents {

    /** All sums together are to be fewer than one for so many rows. */
    private static final long ROWS_PER_SUM = 200;

    private final TableSide provider;
    private final TableSide subscriber;
    private final BothSides sides;
    private final TableProgress progress;
    private ContentSums sums;

    Contents(Moment moment, BothSides sides, TableProgress progress) {
        this.provider = moment.provider();
        this.subscriber = moment.subscriber();
        this.sides = sides;
        this.progress = progress;
    }

    /** The first pass: sums of both sides. */
    ContentSums sum() {
        var estimated = sides.together(provider::estimatedRows, subscriber::estimatedRows);
        long estimatedRows = Math.max(estimated.provider(), estimated.subscriber());
        progress.expect(estimated.provider() + estimated.subscriber());
        progress.enter(Phase.COMPARING);
        int bits = BucketSums.bitsFor(estimatedRows);
        sums = new ContentSums(new BucketSums(bits), new BucketSums(bits));
        var pages = sides.together(provider::pages, subscriber::pages);
        long steps = Math.max(1, estimatedRows / (ROWS_PER_SUM << bits));
        for (long step = 0; step < steps; step++) {
            sum(pages, step, steps);
        }
        return sums;
    }

    private void sum(Both<Long> pages, long step, long steps) {
        if (Thread.currentThread().isInterrupted()) {
            throw new PgqException("Interrupted while comparing");
        }
        var rows = sides.together(
                () -> sum(provider, sums.provider(), pages.provider(), step, steps),
                () -> sum(subscriber, sums.subscriber(), pages.subscriber(), step, steps));
        progress.read(rows.provider() + rows.subscriber());
    }

    private static long sum(TableSide side, BucketSums sums, long pages, long step, long steps) {
        var to = step + 1 == steps ? null : Long.valueOf(pages * (step + 1) / steps);
        return side.addSums(sums, pages * step / steps, to);
    }

    /** The second pass: every row that differs, in no particular order. Nothing to do when the sums were equal. */
    void differences(Consumer<Difference> found) {
        var buckets = sums.differing();
        if (buckets.isEmpty()) {
            return;
        }
        progress.enter(Phase.LOCATING);
        var digests = sides.together(() -> digests(provider, buckets), () -> digests(subscriber, buckets));
        try (var ours = digests.provider();
                var theirs = digests.subscriber()) {
            merge(ours, theirs, difference -> {
                progress.found();
                found.accept(difference);
            });
        }
    }

    private RowDigests digests(TableSide side, List<Integer> buckets) {
        return side.digests(sums.provider().bits(), buckets);
    }

    private static void merge(RowDigests provider, RowDigests subscriber, Consumer<Difference> found) {
        var ours = provider.next();
        var theirs = subscriber.next();
        while (ours != null || theirs != null) {
            int order = compare(ours, theirs);
            if (order < 0) {
                found.accept(Difference.missing(ours));
                ours = provider.next();
            } else if (order > 0) {
                found.accept(Difference.extra(theirs));
                theirs = subscriber.next();
            } else {
                if (!ours.content().equals(theirs.content())) {
                    found.accept(Difference.changed(ours, theirs));
                }
                ours = provider.next();
                theirs = subscriber.next();
            }
        }
    }

    private static int compare(RowDigest ours, RowDigest theirs) {
        if (ours == null || theirs == null) {
            return ours == null ? 1 : -1;
        }
        return ours.order().compareTo(theirs.order());
    }
}
