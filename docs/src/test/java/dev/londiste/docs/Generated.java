package dev.londiste.docs;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Answers what documents ask for: {@code snippet path[#part]}, {@code options}, {@code headers}, {@code operations}, {@code
 * help command}, {@code values path}, {@code manual-page}.
 */
final class Generated implements Function<String, String> {

    @Override
    public String apply(String request) {
        var words = Arrays.asList(request.split("\\s+"));
        return switch (words.get(0)) {
            case "snippet" -> Snippet.of(words.get(1)).markdown();
            case "options" -> Catalog.of(words.get(1)).options(words.get(2));
            case "headers" -> Catalog.of(words.get(1)).headers();
            case "operations" -> Operations.of(words.get(1)).markdown();
            case "help" -> CommandLineHelp.of(words.get(1));
            case "manual-page" -> ManualPage.read().markdown();
            case "values" -> Operations.parse(Repository.read(words.get(1))).markdown();
            default -> throw new IllegalArgumentException("A document asks for an unknown part: " + request);
        };
    }
}
