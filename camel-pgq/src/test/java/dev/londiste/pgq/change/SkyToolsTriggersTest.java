package dev.londiste.pgq.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change.Operation;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events as the triggers of PgQ 3.5's C extension wrote them on PostgreSQL 15. */
class SkyToolsTriggersTest {

    private static final String KEY = "a=b&c%'x\"y\\z";
    private static final String LOGUTRIGA_ROW = "id=1&Mixed+Key=a%3db%26c%25%27x%22y%5cz&txt=tab%09+nl%0a+%c3%a9"
            + "&arr=%7ba%2c%22b+c%22%2cNULL%7d&n=1.10&j=%7b%22a%22%3a+%22%5c%5c%22%7d&b=%5cx00ff&f=t";
    private static final String JSONTRIGA_ROW = "{\"id\":1,\"Mixed Key\":\"a=b&c%'x\\\"y\\\\z\","
            + "\"txt\":\"tab\\t nl\\n é\",\"arr\":\"{a,\\\"b c\\\",NULL}\",\"n\":\"1.10\","
            + "\"j\":\"{\\\"a\\\": \\\"\\\\\\\\\\\"}\",\"b\":\"\\\\x00ff\",\"f\":true}";
    private static final String SQLTRIGA_ROW = "(id,\"Mixed Key\",txt,arr,n,j,b,f) values ('1',E'a=b&c%''x\"y\\\\z',"
            + "'tab\t nl\n é','{a,\"b c\",NULL}','1.10',E'{\"a\": \"\\\\\\\\\"}',E'\\\\x00ff','t')";

    private final ChangeDecoder decoder = new ChangeDecoder();

    @Test
    void logutriga() {
        var insert = decode("I:id,Mixed Key", LOGUTRIGA_ROW, null);
        var update = decode("U:id,Mixed Key", "id=1&Mixed+Key=a%3db%26c%25%27x%22y%5cz&txt&arr=%7b%7d", LOGUTRIGA_ROW);

        assertWholeRow(insert.row(), "t");
        assertThat(insert.keyColumns()).containsExactly("id", "Mixed Key");
        assertThat(update.operation()).isEqualTo(Operation.UPDATE);
        assertThat(update.row().value("txt")).isNull();
        assertThat(update.oldKey()).isNull();
        assertWholeRow(update.oldRow(), "t");
    }

    @Test
    void logutrigaOnATableWithoutAKeyInserts() {
        var insert = decode("I:", "a=1&b=x", null);

        assertThat(insert.keyColumns()).isEmpty();
        assertThat(insert.row().value("b")).isEqualTo("x");
        assertThatThrownBy(() -> decode("U:", "a=1&b=x", null)).hasMessageContaining("it names no key");
    }

    @Test
    void jsontriga() {
        var insert = decode(
                "{\"op\":\"INSERT\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\",\"Mixed Key\"]}",
                JSONTRIGA_ROW,
                null);
        var delete = decode(
                "{\"op\":\"DELETE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\",\"Mixed Key\"]}",
                JSONTRIGA_ROW,
                null);
        var update = decode(
                "{\"op\":\"UPDATE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\",\"Mixed Key\"]}",
                JSONTRIGA_ROW,
                JSONTRIGA_ROW);

        assertThat(insert.operation()).isEqualTo(Operation.INSERT);
        assertThat(insert.keyColumns()).containsExactly("id", "Mixed Key");
        assertWholeRow(insert.row(), "true");
        assertThat(delete.operation()).isEqualTo(Operation.DELETE);
        assertWholeRow(update.oldRow(), "true");
    }

    @Test
    void jsontrigaTruncates() {
        var truncate = decode("{\"op\":\"TRUNCATE\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]}", "{}", null);

        assertThat(truncate.operation()).isEqualTo(Operation.TRUNCATE);
    }

    @Test
    void sqltrigaInserts() {
        var insert = decode("I", SQLTRIGA_ROW, null);

        assertThat(insert.operation()).isEqualTo(Operation.INSERT);
        assertThat(insert.keyColumns()).isEmpty();
        assertWholeRow(insert.row(), "t");
    }

    @Test
    void sqltrigaUpdatesWhatChanged() {
        var update = decode("U", "txt=NULL,arr='{}' where id='1' and \"Mixed Key\"=E'a=b&c%''x\"y\\\\z'", null);

        assertThat(update.keyColumns()).containsExactly("id", "Mixed Key");
        assertThat(update.row().columns().asList()).containsExactlyInAnyOrder("id", "Mixed Key", "txt", "arr");
        assertThat(update.row().value("txt")).isNull();
        assertThat(update.row().value("arr")).isEqualTo("{}");
        assertThat(update.row().value("Mixed Key")).isEqualTo(KEY);
        assertThat(update.oldKey()).isNull();
    }

    @Test
    void sqltrigaUpdatesNothing() {
        var update = decode("U", "id='1' where id='1' and \"Mixed Key\"='x'", null);

        assertThat(update.row().columns().asList()).containsExactly("id", "Mixed Key");
        assertThat(update.oldKey()).isNull();
    }

    @Test
    void logtrigaChangesAKey() {
        var update = decode("U", "id='2' where id='1'", null);

        assertThat(update.row().value("id")).isEqualTo("2");
        assertThat(update.oldKey().value("id")).isEqualTo("1");
    }

    @Test
    void sqltrigaDeletes() {
        var delete = decode("D", "id='1' and \"Mixed Key\"='and where'", null);

        assertThat(delete.operation()).isEqualTo(Operation.DELETE);
        assertThat(delete.row().value("Mixed Key")).isEqualTo("and where");
        assertThat(delete.key()).isEqualTo("id=1,Mixed Key=and where");
    }

    @Test
    void theLastOfTheAlphabetOfQuotes() {
        assertThat(decode("D", "a='NULL' AND \"q\"\"q\"='''' and b=E'\\\\'''", null)
                        .key())
                .isEqualTo("a=NULL,q\"q=',b=\\'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "id='1",
                "id=1",
                "id='1'; drop table t",
                "id='1' or '1'='1'",
                "id=E'\\n'",
                "id=E'\\",
                "id='1' and",
                "id=NULL",
                "='1'"
            })
    void sqlThatNoTriggerWritesIsRefused(String data) {
        assertThatThrownBy(() -> decode("D", data, null))
                .isInstanceOf(PgqException.class)
                .hasMessageStartingWith("Event 7 of type D for table public.t cannot be read: ");
    }

    @ParameterizedTest
    @CsvSource({
        "I,(id) values ('1'",
        "I,(id) values ('1','2')",
        "I,values (1)",
        "U,a='1'",
        "U:id,id=%4",
        "U:id,id=%zz",
        "U:id,id=%ff"
    })
    void whatIsCutOffOrGarbledIsRefused(String type, String data) {
        assertThatThrownBy(() -> decode(type, data, null)).isInstanceOf(PgqException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"op\":\"VACUUM\",\"pkey\":[]}", "{\"op\":\"INSERT\"}", "{no json", "{}"})
    void otherJsonTypesAreNoChanges(String type) {
        assertThat(decode(type, "{}", null)).isNull();
    }

    @Test
    void partitionsWithColumnsInAnotherOrderAreOneShape() {
        var first = decode("I:id", "{\"id\":1,\"a\":\"x\",\"b\":2}", null).row();
        var second = decode("I:id", "{\"b\":3,\"id\":2,\"a\":\"y\"}", null).row();

        assertThat(second.columns()).isSameAs(first.columns());
        assertThat(second.value("b")).isEqualTo("3");
        assertThat(second.value("a")).isEqualTo("y");
    }

    private static void assertWholeRow(Row row, String yes) {
        assertThat(row.columns().asList()).containsExactly("id", "Mixed Key", "txt", "arr", "n", "j", "b", "f");
        assertThat(row.value("id")).isEqualTo("1");
        assertThat(row.value("Mixed Key")).isEqualTo(KEY);
        assertThat(row.value("txt")).isEqualTo("tab\t nl\n é");
        assertThat(row.value("arr")).isEqualTo("{a,\"b c\",NULL}");
        assertThat(row.value("n")).isEqualTo("1.10");
        assertThat(row.value("j")).isEqualTo("{\"a\": \"\\\\\"}");
        assertThat(row.value("b")).isEqualTo("\\x00ff");
        assertThat(row.value("f")).isEqualTo(yes);
    }

    private Change decode(String type, String data, String extra2) {
        return decoder.decode(new Event(7, Instant.EPOCH, 70, 0, type, data, "public.t", extra2, null, null));
    }
}
