package dev.londiste.examples.londiste.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One section of an INI file as Python's ConfigParser reads it, the dialect that Londiste and PgQ are configured in, and
 * that no library of the JVM knows: lower-case keys, {@code =} or {@code :}, continued lines, comments, and
 * {@code %(key)s}, which expands to the value of another key.
 */
final class IniFile {

    private static final Pattern SECTION = Pattern.compile("\\[(?<name>[^]]+)]\\s*");
    private static final Pattern ENTRY = Pattern.compile("(?<key>[^:=\\s][^:=]*?)\\s*[:=]\\s*(?<value>.*)");
    private static final Pattern REFERENCE = Pattern.compile("%(?:\\((?<key>[^)]*)\\)s|(?<percent>%))");
    private static final Pattern INLINE_COMMENT = Pattern.compile("\\s;.*$");
    private static final int DEEPEST_REFERENCE = 10;

    private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

    private IniFile() {}

    /** Reads the section, its references expanded. */
    static Map<String, String> section(String name, List<String> lines) {
        var file = new IniFile();
        file.read(lines);
        var section = file.sections.get(name);
        if (section == null) {
            throw new ConfigurationException("there is no section [" + name + "]"
                    + (file.sections.isEmpty() ? "" : ", only " + new TreeSet<>(file.sections.keySet())));
        }
        var expanded = new LinkedHashMap<String, String>();
        section.forEach((key, value) -> expanded.put(key, expand(key, value, section, 0)));
        return expanded;
    }

    private void read(List<String> lines) {
        Map<String, String> section = null;
        String key = null;
        for (int number = 1; number <= lines.size(); number++) {
            var line = lines.get(number - 1);
            var text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && key != null) {
                section.merge(key, withoutComment(text), (before, more) -> before + "\n" + more);
                continue;
            }
            var heading = SECTION.matcher(text);
            if (heading.matches()) {
                section = sections.computeIfAbsent(heading.group("name"), unknown -> new LinkedHashMap<>());
                key = null;
                continue;
            }
            var entry = ENTRY.matcher(text);
            if (section == null || !entry.matches()) {
                throw new ConfigurationException(
                        "line " + number + " is neither a [section], nor key = value: " + text);
            }
            key = entry.group("key").toLowerCase(Locale.ROOT);
            section.put(key, withoutComment(entry.group("value")));
        }
    }

    private static String withoutComment(String value) {
        return INLINE_COMMENT.matcher(value).replaceFirst("").strip();
    }

    private static String expand(String key, String value, Map<String, String> section, int depth) {
        if (depth > DEEPEST_REFERENCE) {
            throw new ConfigurationException("the value of " + key + " refers to itself");
        }
        var names = new HashMap<>(section);
        return REFERENCE
                .matcher(value)
                .replaceAll(found -> Matcher.quoteReplacement(replace(key, found.group(), names, depth)));
    }

    private static String replace(String key, String reference, Map<String, String> section, int depth) {
        if (reference.equals("%%")) {
            return "%";
        }
        var name = reference.substring(2, reference.length() - 2).toLowerCase(Locale.ROOT);
        var value = section.get(name);
        if (value == null) {
            throw new ConfigurationException("the value of " + key + " refers to %(" + name + ")s, which is not set");
        }
        return expand(name, value, section, depth + 1);
    }
}
