package dev.londiste.replication.apply.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.bulk.ArrayParameter.AsBinary;
import dev.londiste.replication.apply.bulk.ArrayParameter.AsLiteral;
import dev.londiste.replication.apply.target.KeyText;
import dev.londiste.replication.apply.target.TargetColumn;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ArrayParameterIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "NULL", textBlock = """
            bool        | true| NULL| false
            int2        | -1| NULL| 32767
            int4        | -2147483648| NULL| 0
            int8        | 123456789012| NULL| -5
            numeric     | 1.10| NULL| -20000.00005
            date        | 2026-11-28| NULL| 0001-01-01
            timestamp   | 2026-11-28 18:00:00.5| NULL| 1999-12-31 23:59:59
            timestamptz | 2026-11-28 18:00:00.5+00| NULL| 1999-12-31 23:59:59+00
            text        | "a| NULL| {b}, \\'
            varchar     | "a| NULL| é
            bpchar      | a| NULL| bb
            json        | {"a" :  1}| NULL| []
            jsonb       | {"a": 1}| NULL| []
            """)
    void valuesOfKnownTypesGoInBinary(String type, String first, String second, String third) throws SQLException {
        var values = Arrays.asList(first, second, third);
        var parameter = ArrayParameter.of(column(type), values);
        assertThat(parameter).isInstanceOf(AsBinary.class);
        assertThat(received(parameter, type)).isEqualTo(values);
    }

    @ParameterizedTest
    @CsvSource({
        "numeric, 1.5, NaN",
        "date, 2026-11-28, infinity",
        "int8, 1, 9223372036854775807",
        "interval, 01:02:03, 1 day"
    })
    void otherwiseAllOfThemGoAsText(String type, String first, String second) throws SQLException {
        var values = Arrays.asList(first, null, second);
        var parameter = ArrayParameter.of(column(type), values);
        assertThat(parameter).isInstanceOf(AsLiteral.class);
        assertThat(received(parameter, type)).isEqualTo(values);
    }

    @Test
    void anArrayMayBeEmpty() throws SQLException {
        assertThat(received(ArrayParameter.binary(BinaryType.TEXT, List.of()).orElseThrow(), "text"))
                .isEmpty();
    }

    private static TargetColumn column(String type) {
        return new TargetColumn(
                "v", Identifiers.qualified("pg_catalog", type), array(type), false, false, KeyText.AS_IT_IS, "=");
    }

    private static String array(String type) {
        return Identifiers.qualified("pg_catalog", "_" + type);
    }

    private static List<String> received(ArrayParameter parameter, String type) throws SQLException {
        var received = new ArrayList<String>();
        try (var connection = database.connect();
                var zone = connection.createStatement();
                var query = connection.prepareStatement("select unnest(?::" + array(type) + ")::text")) {
            zone.execute("set timezone = 'UTC'");
            parameter.bind(query, 1);
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    received.add(rows.getString(1));
                }
            }
        }
        return received;
    }
}
