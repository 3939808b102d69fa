package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names as a person gives them: {@code table} or {@code schema.table}, the schema defaulting to public, with {@code *} and
 * {@code ?}. Immutable.
 */
public record TablePatterns(List<String> names) {

    private static final String EVERYTHING = "*.*";

    /** Everything there is, also if that is nothing. */
    public static final TablePatterns ALL = of(EVERYTHING);

    public TablePatterns {
        names = names.stream().map(TablePatterns::qualified).toList();
    }

    public static TablePatterns of(String... names) {
        return new TablePatterns(List.of(names));
    }

    private static String qualified(String name) {
        var stripped = name.strip();
        if (stripped.isEmpty()) {
            throw new PgqException("A table name is empty");
        }
        return stripped.indexOf('.') < 0 ? "public." + stripped : stripped;
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    public boolean hasGlobs() {
        return names.stream().anyMatch(TablePatterns::isGlob);
    }

    /** The names without wildcards. */
    Set<String> named() {
        return names.stream().filter(name -> !isGlob(name)).collect(Collectors.toSet());
    }

    /** Names without wildcards as they are, and what the others match. */
    public Set<String> resolve(Collection<String> known) {
        var resolved = new LinkedHashSet<String>();
        for (var name : names) {
            resolved.addAll(isGlob(name) ? matches(name, known) : List.of(name));
        }
        return resolved;
    }

    /** The names without wildcards that are none of these. */
    List<String> unknownAmong(Collection<String> known) {
        return names.stream()
                .filter(name -> !isGlob(name) && !known.contains(name))
                .toList();
    }

    /**
     * For a listing: what no wildcard matches is an empty list, but a name that is none of those registered is misspelt.
     *
     * @param registered names on the subscriber of the queue
     * @throws PgqException LD005 when a name without wildcards is not among them
     */
    public void requireRegistered(Collection<String> registered, String queue) {
        var unknown = unknownAmong(registered);
        if (!unknown.isEmpty()) {
            throw new PgqException(
                    "Table " + String.join(", ", unknown) + " is not registered on the subscriber of queue " + queue,
                    Facts.of(queue, null).table(unknown.get(0)).sqlState("LD005"),
                    null);
        }
    }

    /** Whether a pattern matches, or there is none. */
    public boolean select(String name) {
        return names.isEmpty()
                || names.stream()
                        .anyMatch(pattern -> regex(pattern).matcher(name).matches());
    }

    private static List<String> matches(String glob, Collection<String> known) {
        var pattern = regex(glob);
        var matching = new ArrayList<String>();
        for (var name : known) {
            if (pattern.matcher(name).matches()) {
                matching.add(name);
            }
        }
        if (matching.isEmpty() && !glob.equals(EVERYTHING)) {
            throw new PgqException("Nothing matches " + glob);
        }
        return matching;
    }

    private static boolean isGlob(String name) {
        return name.indexOf('*') >= 0 || name.indexOf('?') >= 0;
    }

    private static Pattern regex(String glob) {
        return Pattern.compile(("\\Q" + glob + "\\E").replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"), Pattern.DOTALL);
    }
}
