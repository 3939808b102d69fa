package dev.londiste.docs;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown file with generated parts: what stands between {@code <!-- generated: request -->} and
 * {@code <!-- end -->} is replaced by what the request asks for.
 */
record Document(String text) {

    private static final Pattern PART = Pattern.compile("(?s)(<!-- generated: ([^>]*?) -->\n).*?(<!-- end -->)");

    /** The same document with all parts made anew. */
    Document with(Function<String, String> generator) {
        return new Document(PART.matcher(text)
                .replaceAll(part -> Matcher.quoteReplacement(
                        part.group(1) + generator.apply(part.group(2).strip()) + part.group(3))));
    }
}
