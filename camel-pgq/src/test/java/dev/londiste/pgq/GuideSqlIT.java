package dev.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SQL of docs/pgq.md, run in its order. */
@Timeout(60)
class GuideSqlIT {

    private static final Path GUIDE = Path.of("..", "docs", "pgq.md");

    /** A block, or a whole statement within a sentence; the name of a function alone is none. */
    private static final Pattern SQL = Pattern.compile("(?ms)^```sql\\n(.*?)^```$|`(select pgq[^`]*)`");

    /** Ours, never the extension: the page says what the extension lacks. */
    @RegisterExtension
    static final TestDatabase database = TestDatabase.create(fresh -> fresh.install("pgq"));

    @BeforeAll
    static void createWhatTheReaderHas() {
        database.execute("create table orders (id int primary key, customer text)");
    }

    @TestFactory
    Stream<DynamicTest> everyStatementRuns() throws IOException {
        var statements = SQL.matcher(Files.readString(GUIDE))
                .results()
                .map(snippet -> snippet.group(1) == null ? snippet.group(2) : snippet.group(1))
                .toList();

        assertThat(statements).isNotEmpty();
        return statements.stream().map(sql -> DynamicTest.dynamicTest(sql.strip(), () -> database.execute(sql)));
    }
}
