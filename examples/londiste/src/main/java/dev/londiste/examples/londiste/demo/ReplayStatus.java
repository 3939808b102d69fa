package dev.londiste.examples.londiste.demo;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the operation STATUS answers, as far as the demo shows it.
 *
 * @param tick the last one that replay has finished
 * @param lag how old the oldest change is that replay has yet to apply; zero when there is none
 * @param events how many changes replay has applied
 * @param error why the last batch failed, null when it did not
 */
record ReplayStatus(long tick, Duration lag, long events, String error, List<TableProgress> tables) {

    static ReplayStatus of(Map<String, Object> row) {
        return new ReplayStatus(
                (long) number(row.get("last_tick")),
                number(row.get("pending_events")) == 0 ? Duration.ZERO : seconds(row.get("lag")),
                (long) number(row.get("events_applied")),
                (String) row.get("last_error"),
                ((List<?>) row.get("tables"))
                        .stream().map(table -> table((Map<?, ?>) table)).toList());
    }

    private static TableProgress table(Map<?, ?> row) {
        return new TableProgress(
                String.valueOf(row.get("table_name")),
                String.valueOf(row.get("state")),
                (long) number(row.get("rows_copied")),
                (long) number(row.get("estimated_rows")),
                row.get("seconds_left") == null ? null : seconds(row.get("seconds_left")),
                (String) row.get("parked_reason"));
    }

    private static Duration seconds(Object value) {
        return Duration.ofMillis((long) (number(value) * 1_000));
    }

    private static double number(Object value) {
        return value == null ? 0 : ((Number) value).doubleValue();
    }
}
