package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Row;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Finds the change that broke a constraint which was checked later. The server names a key, as in {@code Key (parent)=(7) is
 * not present}, and tables: that of the change first. Costs nothing until something fails. Immutable.
 *
 * @param columns of the key, as the server lists them
 */
record DeferredCulprit(ServerErrorMessage error, List<String> columns) {

    private static final Pattern KEY = Pattern.compile("\\(([^=]*)\\)=\\(");

    /**
     * The last change of a row with that key; empty when none is certain, as where the row was changed by an earlier chunk,
     * or a value has another text here.
     *
     * @param table the name of a change's table on the subscriber, without its schema
     */
    static Optional<Change> among(List<Change> changes, SQLException e, Function<Change, String> table) {
        if (!(e instanceof PSQLException failure) || failure.getServerErrorMessage() == null) {
            return Optional.empty();
        }
        var error = failure.getServerErrorMessage();
        var key = KEY.matcher(error.getDetail() == null ? "" : error.getDetail());
        if (!key.find()) {
            return Optional.empty();
        }
        var culprit = new DeferredCulprit(error, Arrays.asList(key.group(1).split(", ")));
        return changes.stream()
                .filter(culprit::hasKey)
                .map(change -> new Suspect(change, culprit.placeOf(table.apply(change))))
                .filter(suspect -> suspect.place() < Integer.MAX_VALUE)
                .min(Comparator.comparingInt(Suspect::place)
                        .thenComparing(suspect -> suspect.change().eventId(), Comparator.reverseOrder()))
                .map(Suspect::change);
    }

    private record Suspect(Change change, int place) {}

    private boolean hasKey(Change change) {
        return Stream.of(change.row(), change.oldKey(), change.oldRow())
                .anyMatch(row -> row != null && row.columns().asList().containsAll(columns) && isNamed(row));
    }

    private boolean isNamed(Row row) {
        var values = columns.stream().map(row::value).collect(Collectors.joining(", "));
        return error.getDetail().contains("(" + String.join(", ", columns) + ")=(" + values + ")");
    }

    /** Where the message names the table; last if it only says so beside. */
    private int placeOf(String table) {
        var name =
                Pattern.compile("(?<!\\w)" + Pattern.quote(table) + "(?!\\w)").matcher(error.getMessage());
        if (name.find()) {
            return name.start();
        }
        return table.equals(error.getTable()) ? Integer.MAX_VALUE - 1 : Integer.MAX_VALUE;
    }
}
