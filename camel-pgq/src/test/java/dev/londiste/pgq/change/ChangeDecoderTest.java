package dev.londiste.pgq.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change.Operation;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeDecoderTest {

    private final ChangeDecoder decoder = new ChangeDecoder();

    @Test
    void insertCarriesKeyColumnsAndRow() {
        var change = decode("I:id,part", "{\"id\":1,\"part\":\"a\",\"txt\":null}");

        assertThat(change.operation()).isEqualTo(Operation.INSERT);
        assertThat(change.table()).isEqualTo("public.t");
        assertThat(change.keyColumns()).containsExactly("id", "part");
        assertThat(change.row().columns().asList()).containsExactly("id", "part", "txt");
        assertThat(change.row().value("id")).isEqualTo("1");
        assertThat(change.row().value("txt")).isNull();
        assertThat(change.key()).isEqualTo("id=1,part=a");
        assertThat(change.eventId()).isEqualTo(7);
        assertThat(change.txid()).isEqualTo(70);
    }

    @Test
    void numbersAndNestedValuesKeepEveryByte() {
        var change = decode(
                "I:id",
                "{\"id\":123456789012345678901234567890.10,\"f\":1e-300,\"b\":true,\"j\":{\"a\": [1, \"}]\\\"\"]},\"a\":[1,null]}");

        assertThat(change.row().value("id")).isEqualTo("123456789012345678901234567890.10");
        assertThat(change.row().value("f")).isEqualTo("1e-300");
        assertThat(change.row().value("b")).isEqualTo("true");
        assertThat(change.row().value("j")).isEqualTo("{\"a\": [1, \"}]\\\"\"]}");
        assertThat(change.row().value("a")).isEqualTo("[1,null]");
    }

    @Test
    void aRowIsTheSameWhicheverWayItsTextIsWritten() {
        var plain = decode("I:id", "{\"id\":1,\"t\":\"ab\",\"e\":\"\",\"n\":null,\"j\":{\"k\": [\"}\"]}}")
                .row();
        var escaped = decode("I:id", "{\"id\":1,\"t\":\"\\u0061b\",\"e\":\"\",\"n\":null,\"j\":{\"k\": [\"}\"]}}")
                .row();

        assertThat(plain).isEqualTo(escaped).hasSameHashCodeAs(escaped);
        assertThat(plain.columns().asList().stream().map(plain::value))
                .containsExactly("1", "ab", "", null, "{\"k\": [\"}\"]}");
        assertThat(plain)
                .isNotEqualTo(decode("I:id", "{\"id\":1,\"t\":\"ab\",\"e\":\"\",\"n\":\"\",\"j\":{\"k\": [\"}\"]}}")
                        .row());
    }

    @Test
    void stringsAreUnescaped() {
        var change = decode(
                "I:id", "{\"id\":\"\",\"t\":\"q\\\"b\\\\s\\/\\b\\f\\n\\r\\t\\u0001\\ud83d\\ude00é\",\"u\":\"plain\"}");

        assertThat(change.row().value("id")).isEmpty();
        assertThat(change.row().value("t")).isEqualTo("q\"b\\s/\b\f\n\r\t\u0001😀é");
        assertThat(change.row().value("u")).isEqualTo("plain");
    }

    @Test
    void anAbsentColumnIsNoNull() {
        var row = decode("I:id", "{\"id\":1}").row();

        assertThat(row.has("txt")).isFalse();
        assertThatThrownBy(() -> row.value("txt")).hasMessageContaining("No column txt");
    }

    @Test
    void rowsOfOneShapeShareTheirColumns() {
        var first = decode("I:id", "{\"id\":1,\"t\":\"a\"}").row();
        var second = decode("U:id", "{\"id\":2,\"t\":\"b\"}").row();

        assertThat(second.columns()).isSameAs(first.columns());
    }

    @Test
    void aShapeThatChangesIsNoticed() {
        decode("I:id", "{\"id\":1,\"t\":\"a\",\"x\":1}");

        assertThat(columns("{\"id\":1,\"t\":\"a\"}")).containsExactly("id", "t");
        assertThat(columns("{\"id\":1,\"t\":\"a\",\"new\":2,\"x\":3}")).containsExactly("id", "t", "new", "x");
        assertThat(columns("{\"id\":1,\"quo\\\"ted\":2}")).containsExactly("id", "quo\"ted");
        assertThat(columns("{ \"id\" : 1 , \"t\" : [ 1 ] }")).containsExactly("id", "t");
    }

    @Test
    void keyChangeCarriesTheOldKey() {
        var change = decoder.decode(event("U:id", "{\"id\":2,\"t\":\"a\"}", "public.t", "{\"id\":1}", null, null));

        assertThat(change.oldKey().value("id")).isEqualTo("1");
        assertThat(change.key()).isEqualTo("id=1");
    }

    @Test
    void oldRowIsReadWhenCaptured() {
        var change = decoder.decode(
                event("U:id", "{\"id\":2,\"t\":\"a\"}", "public.t", null, "{\"id\":2,\"t\":\"b\"}", null));

        assertThat(change.oldRow().value("t")).isEqualTo("b");
    }

    @Test
    void C02_whatJsonBlursIsTakenFromTheRecordText() {
        var json = "{\"id\":1,\"j\":null,\"k\":null,\"s\":\"x\",\"a\":[[1]],\"t\":\"it's, \\\"q\\\"\"}";
        var record = "(1,null,,\"\"\"x\"\"\",\"[0:0][2:2]={{1}}\",\"it's, \"\"q\"\"\")";
        var row = decoder.decode(event("I:id", json, "public.t", null, null, record))
                .row();

        assertThat(row.value("j")).as("jsonb null").isEqualTo("null");
        assertThat(row.value("k")).as("SQL NULL").isNull();
        assertThat(row.value("s")).as("jsonb string").isEqualTo("\"x\"");
        assertThat(row.value("a")).isEqualTo("[0:0][2:2]={{1}}");
        assertThat(row.value("t")).isEqualTo("it's, \"q\"");
    }

    @Test
    void C02_keyColumnsHaveOneTextWithAndWithoutRecordText() {
        var json = "{\"at\":\"2026-11-23T00:00:00+00:00\",\"on\":true,\"a\":[1]}";
        var row = decoder.decode(event("I:at,on", json, "public.t", null, null, "(\"2026-11-23 00:00:00+00\",t,{1})"))
                .row();

        assertThat(row.value("at")).isEqualTo("2026-11-23T00:00:00+00:00");
        assertThat(row.value("on")).isEqualTo("true");
        assertThat(row.value("a")).isEqualTo("{1}");
    }

    @Test
    void C02_recordTextWithBackslashesAndEmptyFields() {
        assertThat(RecordText.fields("(,\"\",\"a\\\\b\"\"c\",x)")).containsExactly(null, "", "a\\b\"c", "x");
        assertThat(RecordText.fields("(\"a\"\"\",\"\"\"\")")).containsExactly("a\"", "\"");
    }

    @Test
    void truncateHasNoRow() {
        var change = decode("R", null);

        assertThat(change.operation()).isEqualTo(Operation.TRUNCATE);
        assertThat(change.row()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"T", "user.created", "X:id", "", "EXECUTE", "Delete", "U."})
    void eventsThatAreNotAboutRowsAreNoChanges(String type) {
        assertThat(decode(type, "anything")).isNull();
        assertThatThrownBy(() -> decoder.require(event(type, "anything", "public.t", null, null, null)))
                .hasMessageContaining("for table public.t cannot be read: a capture trigger writes no such type");
    }

    @Test
    void anEventWithoutATableIsNoChange() {
        assertThat(decoder.decode(event("I:id", "{}", null, null, null, null))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}x",
                "{\"id\":}",
                "{\"id\":1",
                "{\"id\":1,}",
                "{\"id\":\"a",
                "{\"id\":\"a\\",
                "{\"id\":\"\\u00g0\"}",
                "{\"id\":\"\\x\"}",
                "{\"id\":tru}",
                "{\"id\":[1}",
                "{\"id\":1}{\"id\":2}",
                "{\"other\":1}",
                "{\"id\":null}",
                "[1]"
            })
    void aMalformedEventIsOneClearSentence(String data) {
        assertThatThrownBy(() -> decode("I:id", data))
                .isInstanceOfSatisfying(PgqException.class, e -> {
                    assertThat(e.eventId()).isEqualTo(7);
                    assertThat(e.table()).isEqualTo("public.t");
                })
                .hasMessageStartingWith("Event 7 of type I:id for table public.t cannot be read: ");
    }

    @Test
    void aRecordTextOfAnotherWidthIsRefused() {
        assertThatThrownBy(() -> decoder.decode(event("I:id", "{\"id\":1}", "public.t", null, null, "(1,2)")))
                .hasMessageContaining("1 columns as JSON but 2 as a record");
    }

    @Test
    void valuesStayOutOfTexts() {
        var change = decode("I:id", "{\"id\":\"secret\"}");

        assertThat(change.toString() + change.row()).doesNotContain("secret");
    }

    private List<String> columns(String data) {
        return decode("I:id", data).row().columns().asList();
    }

    private Change decode(String type, String data) {
        return decoder.decode(event(type, data, "public.t", null, null, null));
    }

    private static Event event(String type, String data, String extra1, String extra2, String extra3, String extra4) {
        return new Event(7, Instant.EPOCH, 70, 0, type, data, extra1, extra2, extra3, extra4);
    }
}
