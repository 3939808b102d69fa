package dev.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.docs.ManualPage.Row;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No sentence of the manual page without an operation that exists, and a test that exists. */
class ManualPageTest {

    static Stream<Row> sentences() {
        return ManualPage.read().rows().stream().filter(row -> !row.isHeading());
    }

    @ParameterizedTest
    @MethodSource("sentences")
    void sentenceHasOperationsAndTests(Row row) {
        assertThat(Operations.of("londiste").sentences())
                .containsKeys(row.operations().toArray(String[]::new));
        assertThat(row.tests()).isNotEmpty().allSatisfy(ManualPageTest::exists);
    }

    private static void exists(String test) {
        var parts = test.split("#");
        var method = Pattern.compile(
                "@(?:Test|ParameterizedTest)\\b(?:(?!\\bvoid\\b).)*\\bvoid " + Pattern.quote(parts[1]) + "\\(",
                Pattern.DOTALL);
        assertThat(method.matcher(Repository.testClass(parts[0])).find())
                .as("test " + test)
                .isTrue();
    }
}
