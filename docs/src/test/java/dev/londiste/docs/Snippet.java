package dev.londiste.docs;

import java.util.List;

/**
 * A piece of a tested file: all of it, or what stands between the comments {@code snippet: name} and
 * {@code end of snippet}.
 */
record Snippet(String language, String text) {

    private static final String START = "snippet: ";
    private static final String END = "end of snippet";

    /** Reads {@code path} or {@code path#name}, from the root of the repository. */
    static Snippet of(String reference) {
        int hash = reference.indexOf('#');
        var path = hash < 0 ? reference : reference.substring(0, hash);
        var text = Repository.read(path);
        return new Snippet(language(path), hash < 0 ? text : part(text, reference.substring(hash + 1), reference));
    }

    String markdown() {
        return "```" + language + "\n" + text.strip() + "\n```\n";
    }

    private static String part(String text, String name, String reference) {
        var lines = text.lines().toList();
        int start = indexOf(lines, 0, START + name, reference);
        int end = indexOf(lines, start, END, reference);
        return String.join("\n", lines.subList(start + 1, end)).stripIndent();
    }

    private static int indexOf(List<String> lines, int from, String ending, String reference) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).strip().endsWith(ending)) {
                return i;
            }
        }
        throw new IllegalStateException("A document asks for " + reference + ", and there is no line '" + ending + "'");
    }

    private static String language(String path) {
        var extension = path.substring(path.lastIndexOf('.') + 1);
        return extension.equals("yml") ? "yaml" : extension;
    }
}
