package dev.londiste.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The constants of an enum with the first sentence of their javadoc. */
record Operations(Map<String, String> sentences) {

    private static final Map<String, String> ENUMS = Map.of(
            "pgq", "camel-pgq/src/main/java/dev/londiste/pgq/component/PgqOperation.java",
            "londiste", "camel-londiste/src/main/java/dev/londiste/replication/component/LondisteOperation.java");

    private static final Pattern CONSTANT =
            Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*?)\\*/\\s*([A-Z][A-Z0-9_]+)\\b(?=\\s*[,;({}])");

    static Operations of(String component) {
        return parse(Repository.read(ENUMS.get(component)));
    }

    static Operations parse(String source) {
        var sentences = new LinkedHashMap<String, String>();
        var body = source.substring(source.indexOf('{', source.indexOf(" enum ")) + 1);
        var constants = CONSTANT.matcher(body);
        while (constants.find()) {
            sentences.put(constants.group(2), plain(constants.group(1)));
        }
        return new Operations(sentences);
    }

    String markdown() {
        var table = new MarkdownTable("Name", "What it does");
        sentences.forEach((name, sentence) -> table.row(List.of("`" + name + "`", sentence)));
        return table.toString();
    }

    private static String plain(String javadoc) {
        return javadoc.replaceAll("\\n\\s*\\*", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\{@link (?:[^}#]*#)?([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
