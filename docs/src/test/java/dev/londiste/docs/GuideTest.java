package dev.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds README and user guide against the code. */
class GuideTest {

    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern MAVEN = Pattern.compile("(?m)^(?:\\$ )?\\./mvnw (.*)$");

    static Stream<Path> documents() {
        return Repository.documents().stream();
    }

    /** Rewrites the file: what was stale then shows up as a change of a committed file, which CI refuses. */
    @ParameterizedTest
    @MethodSource("documents")
    void tablesAndSnippetsAreMadeFromTheCode(Path file) {
        var text = Repository.read(file);

        var renewed = new Document(text).with(new Generated()).text();

        if (!renewed.equals(text)) {
            Repository.write(file, renewed);
        }
        assertThat(renewed.split("<!-- generated: ", -1)).hasSameSizeAs(renewed.split("<!-- end -->", -1));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadSomewhere(Path file) {
        var broken = LINK.matcher(Repository.read(file))
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.startsWith("http"))
                .filter(target -> !resolves(file, target))
                .toList();

        assertThat(broken).as("links in " + file).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void profilesOfTheCommandsExist(Path file) {
        var profiles = Repository.read("pom.xml") + Repository.read("examples/pom.xml");

        var unknown = MAVEN.matcher(Repository.read(file))
                .results()
                .flatMap(command -> Stream.of(command.group(1).split("\\s+")))
                .filter(word -> word.startsWith("-P"))
                .filter(word -> !profiles.contains("<id>" + word.substring(2) + "</id>"))
                .toList();

        assertThat(unknown).as("profiles named in " + file).isEmpty();
    }

    @Test
    void readmeNamesTheTwoCommands() {
        assertThat(Repository.read("README.md")).contains("./mvnw -Pdemo\n", "./mvnw verify\n");
        assertThat(Repository.read(".ci/run")).contains(" verify\n");
    }

    private static boolean resolves(Path file, String target) {
        int hash = target.indexOf('#');
        var path = hash < 0 ? target : target.substring(0, hash);
        var to = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        return Files.exists(to) && (hash < 0 || anchors(to).contains(target.substring(hash + 1)));
    }

    private static List<String> anchors(Path file) {
        return HEADING.matcher(Repository.read(file))
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
