package dev.londiste.replication.apply.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.change.ColumnNames;
import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.target.KeyText;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.TargetColumn;
import dev.londiste.replication.apply.target.TargetTable;
import dev.londiste.replication.apply.target.TargetTable.Firing;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Whatever the format, the server must take a value for what it takes the text for. */
@Timeout(60)
class BulkInsertIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private static final ColumnNames COLUMNS = ColumnNames.of("v");

    private final List<String> formats = new ArrayList<>();
    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = database.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bool        | true, false, t, f
            int2        | 0, -1, 32767, -32768
            int4        | 7, 2147483647, -2147483648
            int8        | 0, 999999999999999999, -999999999999999999
            numeric     | 0, 0.00, -0.00, 1, 10, 9999, 10000, 12345678, 100000000, 0.1, 0.12345, 0.0001, 0.00001, -123.4500, 1.10, 00012.50
            numeric     | 123456789012345678901234567890.000000000000000000001, 1000000000000.0, -5
            numeric(6,2)| 1.005, -1.005, 9999.994, 3
            date        | 2000-01-01, 1999-12-31, 2024-02-29, 1900-02-28, 9999-12-31, 0001-01-01
            timestamp   | 2000-01-01 00:00:00, 1999-12-31T23:59:59.999999, 2026-11-28T17:36:02.1, 0001-01-01T00:00:00
            timestamp(0)| 2026-11-28T17:36:02.5, 2026-11-28T17:36:01.5
            timestamptz | 2026-11-28T17:36:02.123456+00:00, 2026-11-28 17:36:02+05:45, 1900-01-01T00:00:00-11:59:59, 1970-01-01 00:00:00-03
            text        | a, NULL, \\N, {é}
            varchar(4)  | abcd, é
            char(4)     | ab, abcd
            json        | {"a" :  1}, [1]
            jsonb       | {"a": [1]}, 1.50
            """)
    void writesInBinaryWhatTheServerItselfMakes(String type, String values) throws SQLException {
        assertThat(insertedInto(type, values.split(", "))).isEqualTo(readAsText(type, values.split(", ")));
        assertThat(formats).containsExactly("binary");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bool        | yes
            int4        | +5
            int8        | 9223372036854775807
            int8        | -9223372036854775808
            numeric     | NaN
            numeric     | 1e5
            numeric     | .5
            numeric     | -Infinity
            date        | infinity
            date        | 10000-01-01
            date        | 0044-03-15 BC
            timestamp   | -infinity
            timestamp   | 2026-11-28T24:00:00
            timestamp   | 2026-11-28
            timestamptz | 2026-11-28T17:36:02
            timestamptz | 2026-11-28T17:36:02Z
            timestamptz | infinity
            timestamptz | 12026-11-28T17:36:02+00:00
            """)
    void leavesOtherTextsToTheServer(String type, String value) throws SQLException {
        assertThat(insertedInto(type, value)).isEqualTo(readAsText(type, value));
        assertThat(formats).containsExactly("binary", "text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytea", "interval", "int4[]", "float8", "inet", "uuid"})
    void otherTypesGoAsText(String type) throws SQLException {
        assertThat(insertedInto(type, new String[] {null})).containsExactly((String) null);
        assertThat(formats).containsExactly("text");
    }

    @Test
    void onlyWhatFollowsAValueThatHasNoBinaryFormIsSentAsText() throws SQLException {
        var values = IntStream.range(0, 30_000)
                .mapToObj(i -> i == 20_000 ? "NaN" : i % 7 == 0 ? null : i + ".50")
                .toArray(String[]::new);
        assertThat(insertedInto("numeric", values)).isEqualTo(Arrays.asList(values));
        assertThat(formats).containsExactly("binary", "text");
    }

    @Test
    void aRowMayBeLargerThanWhatIsSentAtOnce() throws SQLException {
        var values = new String[] {"a", "é".repeat(300_000), "\\".repeat(200_000), "b"};
        assertThat(insertedInto("text", values)).containsExactly(values);
        assertThat(insertedInto("xml", "<a/>", "<b>" + "\\".repeat(200_000) + "</b>"))
                .hasSize(2);
    }

    private List<String> insertedInto(String type, String... values) throws SQLException {
        formats.clear();
        database.execute("drop table if exists t; create table t (nr serial, v " + type + ")");
        var copies = connection.unwrap(PGConnection.class).getCopyAPI();
        var insert = new BulkInsert(
                sql -> {
                    formats.add(sql.replaceAll(".*format (\\w+).*", "$1"));
                    return copies.copyIn(sql);
                },
                mapping(type));
        var rows = Stream.of(values)
                .map(value -> Row.of(COLUMNS, new String[] {value}))
                .iterator();
        assertThat(insert.insert(rows)).isEqualTo(values.length);
        return database.rows("select v::text as v from t order by nr").stream()
                .map(row -> (String) row.get("v"))
                .collect(Collectors.toList());
    }

    private static List<String> readAsText(String type, String... values) {
        return Stream.of(values)
                .map(value -> database.<String>value("select cast(cast(? as text) as " + type + ")::text", value))
                .toList();
    }

    private static RowMapping mapping(String declared) {
        var base = declared.replaceAll("\\(.*", "");
        var type = Map.of("char", "bpchar").getOrDefault(base, base);
        var column = new TargetColumn(
                "v", Identifiers.qualified("pg_catalog", type), null, false, false, KeyText.AS_IT_IS, "=");
        var table = new TargetTable(
                "public.t",
                1,
                "only public.t",
                false,
                Map.of("v", column),
                Set.of(),
                false,
                false,
                new Firing(false, false, false, false, false));
        var mapped = List.of(new Mapped(0, column));
        return new RowMapping(table, COLUMNS, List.of(), mapped, List.of(), mapped, List.of(), OnConflict.STOP);
    }
}
