package dev.londiste.examples.londiste.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Sentences of the components name operations, such as {@code PROVIDER_ADD}; who types commands knows {@code provider add}.
 * Immutable.
 *
 * @param commands all that there are, each as it is typed
 */
record CommandNames(Set<String> commands) {

    /** One word in capitals is only an operation where the sentence says so. */
    private static final Pattern OPERATION =
            Pattern.compile("\\b(?:operation )?([A-Z]+(?:_[A-Z]+)+)\\b|\\boperation ([A-Z]+)\\b");

    private static final Pattern FORCE = Pattern.compile("(?<=\\b[Ww]ith )force\\b");

    /** Those of the command line that a command belongs to. */
    static CommandNames of(CommandLine command) {
        var names = new HashSet<String>();
        collect(command.getCommandSpec().root().commandLine(), "", names);
        return new CommandNames(Set.copyOf(names));
    }

    private static void collect(CommandLine command, String above, Set<String> names) {
        command.getSubcommands().forEach((name, inner) -> {
            names.add(above + name);
            collect(inner, above + name + " ", names);
        });
    }

    /** The sentence with commands in place of operations, where there is such a command. */
    String in(String sentence) {
        var named = OPERATION
                .matcher(sentence)
                .replaceAll(
                        found -> Matcher.quoteReplacement(of(found.group(1) == null ? found.group(2) : found.group(1))
                                .map(name -> "'" + name + "'")
                                .orElse(found.group())));
        return FORCE.matcher(named).replaceAll("--force");
    }

    /** Rows with commands in the sentences of some columns. */
    List<Map<String, Object>> in(List<Map<String, Object>> rows, String... columns) {
        return rows.stream().map(row -> in(row, columns)).toList();
    }

    private Map<String, Object> in(Map<String, Object> row, String... columns) {
        var named = new LinkedHashMap<>(row);
        for (var column : columns) {
            named.computeIfPresent(column, (name, sentence) -> in(sentence.toString()));
        }
        return named;
    }

    /** {@code PROVIDER_ADD_SEQ} is {@code provider add-seq}, {@code WAIT_SYNC} wait-sync, {@code RETRY_FAILED} failed retry. */
    Optional<String> of(String operation) {
        var name = operation.toLowerCase(Locale.ROOT).replace('_', '-');
        return Stream.of(name, name.replaceFirst("-", " "), name.replaceFirst("(.*?)-(.*)", "$2 $1"))
                .filter(commands::contains)
                .findFirst();
    }
}
