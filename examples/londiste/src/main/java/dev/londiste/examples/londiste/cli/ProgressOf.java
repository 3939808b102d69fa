package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.output.Bar;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import java.util.Map;

/** What is drawn while something takes its time. */
enum ProgressOf {
    /** The states of all tables, and how far their copies are. */
    COPIES {
        @Override
        List<Bar> look(Session session) {
            return session.ask(Request.of(LondisteOperation.SUBSCRIBER_TABLES)).stream()
                    .map(ProgressOf::table)
                    .toList();
        }
    },
    /** How far COMPARE or REPAIR is with its table. */
    VERIFICATION {
        @Override
        List<Bar> look(Session session) {
            var status = session.ask(Request.of(LondisteOperation.STATUS)).get(0);
            return status.get("verifications") instanceof List<?> running
                    ? running.stream()
                            .map(progress -> verification((Map<?, ?>) progress))
                            .toList()
                    : List.of();
        }
    };

    abstract List<Bar> look(Session session);

    private static Bar table(Map<String, Object> table) {
        var state = String.valueOf(table.get("state"));
        long copied = number(table.get("rows_copied"));
        long total = Math.max(copied, number(table.get("estimated_rows")));
        boolean counts = total > 0 && !state.equals("ok");
        return new Bar(
                String.valueOf(table.get("table_name")),
                state.equals("ok") ? 1 : fraction(copied, total),
                counts
                        ? "%s  %,d of %,d rows%s".formatted(state, copied, total, left(table.get("seconds_left")))
                        : state);
    }

    private static Bar verification(Map<?, ?> progress) {
        long done = number(progress.get("rows_done"));
        long total = number(progress.get("rows_total"));
        return new Bar(
                String.valueOf(progress.get("table_name")),
                fraction(done, total),
                "%s  %,d of %,d rows, %,d differ"
                        .formatted(progress.get("phase"), done, total, number(progress.get("differences"))));
    }

    private static String left(Object seconds) {
        return seconds instanceof Number number ? ", %,d s left".formatted(Math.round(number.doubleValue())) : "";
    }

    private static double fraction(long done, long total) {
        return total == 0 ? 0 : Math.min(1, (double) done / total);
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
