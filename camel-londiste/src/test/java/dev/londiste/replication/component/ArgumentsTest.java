package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What is refused before any database is asked: the endpoints here have none, or one that nobody could reach. */
class ArgumentsTest {

    private static final String WITH_DATABASES = "&provider=nowhere&subscriber=nowhere&queue=q";

    private final CamelContext context = new DefaultCamelContext();

    @BeforeEach
    void start() {
        var nowhere = new PGSimpleDataSource();
        nowhere.setPortNumbers(new int[] {1});
        context.getRegistry().bind("nowhere", nowhere);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private Throwable refusal(String options, Map<String, Object> headers) {
        var request = context.createFluentProducerTemplate()
                .to("londiste:job?operation=STATUS" + options)
                .withHeaders(headers);
        return catchThrowable(request::request).getCause();
    }

    @ParameterizedTest
    @EnumSource
    void dryRunIsRefusedByOperationsThatHaveNone(LondisteOperation operation) {
        assertThat(refusal("", Map.of(LondisteConstants.OPERATION, operation, LondisteConstants.DRY_RUN, true)))
                .hasMessageContaining(
                        operation.hasDryRun()
                                ? operation + " of londiste:job needs the option"
                                : operation + " has no dry run");
    }

    @Test
    void misspeltHeaderIsRefused() {
        assertThat(refusal("", Map.of("CamelLondisteExpectSnyc", true)))
                .hasMessageStartingWith("There is no header CamelLondisteExpectSnyc; headers are CamelLondisteAfter, ");
    }

    @Test
    void headersOfOthersAndOtherCaseAreTaken() {
        assertThat(refusal(
                        "",
                        Map.of(
                                "CamelFileName",
                                "x",
                                "camellondisteforce",
                                true,
                                LondisteConstants.OPERATION,
                                LondisteOperation.COMPARE)))
                .hasMessageContaining("COMPARE of londiste:job needs the option");
    }

    /** The operations that a header's description names are those that take it, and no others. */
    @ParameterizedTest
    @EnumSource
    void argumentsOfOtherOperationsAreRefused(LondisteOperation operation) throws Exception {
        for (var header : headers().entrySet()) {
            var named = Arrays.stream(LondisteOperation.values())
                    .filter(other -> header.getValue().matches(".*\\b" + other + "\\b.*"))
                    .toList();
            boolean taken = named.isEmpty() ? operation.takesTables() : named.contains(operation);
            assertThat(refusal("", Map.of(LondisteConstants.OPERATION, operation, header.getKey(), "1")))
                    .as(header.getKey())
                    .hasMessageContaining(
                            taken
                                    ? operation + " of londiste:job needs the option"
                                    : header.getKey() + " is no argument of " + operation + ", ");
        }
    }

    /** Descriptions by name, but of those for every operation. */
    private static Map<String, String> headers() throws Exception {
        try (var catalog =
                ArgumentsTest.class.getResourceAsStream("/META-INF/dev/londiste/replication/component/londiste.json")) {
            var json = (JsonObject) Jsoner.deserialize(new String(catalog.readAllBytes(), StandardCharsets.UTF_8));
            var headers = new TreeMap<String, String>();
            ((JsonObject) json.get("headers"))
                    .forEach((name, header) -> headers.put(name, ((JsonObject) header).getString("description")));
            headers.keySet().removeAll(Set.of(LondisteConstants.OPERATION, LondisteConstants.DRY_RUN));
            assertThat(headers).hasSizeGreaterThan(25);
            return headers;
        }
    }

    @Test
    void argumentsThatAskForNothingAndOptionsOfOtherOperationsAreTaken() {
        for (var nothing : List.of(false, "false")) {
            assertThat(refusal("&argument.expectSync=true&tables=t", Map.of(LondisteConstants.FORCE, nothing)))
                    .hasMessageContaining("STATUS of londiste:job needs the option");
        }
    }

    @Test
    void argumentsOfTheBodyAreThoseOfTheOperation() {
        var refused = catchThrowable(context.createFluentProducerTemplate()
                        .to("londiste:job?operation=PROVIDER_ADD&argumentsFromBody=true")
                        .withBody(Map.of("tables", "t", "snapshot", "1:1:"))::request)
                .getCause();
        assertThat(refused)
                .hasMessage("Argument snapshot of the body is no argument of PROVIDER_ADD, but of SUBSCRIBER_ADD;"
                        + " nothing was done: leave it out");
        assertThat(catchThrowable(context.createFluentProducerTemplate()
                                .to("londiste:job?operation=STATUS&argumentsFromBody=true")
                                .withBody(Map.of("operation", "PROVIDER_ADD"))::request)
                        .getCause())
                .hasMessageStartingWith("There is no argument operation; arguments are after, ");
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPARE", "REPAIR", "WAIT_SYNC", "SUBSCRIBER_TABLES", "FAILED_EVENTS", "PROVIDER_ADD"})
    void allAndNamesAreRefused(LondisteOperation operation) {
        assertThat(refusal(
                        WITH_DATABASES + "&argument.all=true",
                        Map.of(LondisteConstants.OPERATION, operation, LondisteConstants.TABLES, "t")))
                .hasMessage("All tables, or those named: not both");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1"})
    void lockTimeoutHasAnEnd(String timeout) {
        assertThat(refusal("&lockTimeout=" + timeout, Map.of()))
                .hasMessageStartingWith("lockTimeout must be at least 1 ms but is " + timeout + " ms");
    }

    /** Tables would stay NEW for ever. */
    @Test
    void copiesNeedAWorker() {
        assertThat(refusal(WITH_DATABASES + "&parallelCopies=0", Map.of()))
                .hasMessage("parallelCopies must be at least 1 but is 0");
    }

    @Test
    void argumentsOfTheComponentServeEndpointsThatDoNotSayOtherwise() {
        context.getComponent("londiste", LondisteComponent.class)
                .getConfiguration()
                .setArguments(Map.of("force", "true", "checksum", "true"));
        assertThat(context.getEndpoint("londiste:job?argument.checksum=false", LondisteEndpoint.class)
                        .getConfiguration()
                        .getArguments())
                .isEqualTo(Map.of("force", "true", "checksum", "false"));
    }

    @Test
    void triggerIsOneOfOneTable() {
        for (var tables : List.of("tables=a,b", "tables=a*", "argument.all=true")) {
            assertThat(refusal(
                            WITH_DATABASES + "&argument.trigger=x&" + tables,
                            Map.of(LondisteConstants.OPERATION, LondisteOperation.SUBSCRIBER_RESTORE_TRIGGERS)))
                    .hasMessageStartingWith("Name one table, not ");
        }
    }

    /** DELETE_FAILED would forget all events, SWITCH_OVER wait for ever. */
    @Test
    void whatCannotBeReadIsNotTakenForNothing() {
        assertThat(refusal(
                        WITH_DATABASES + "&tables=t&argument.eventId=first",
                        Map.of(LondisteConstants.OPERATION, LondisteOperation.DELETE_FAILED)))
                .hasMessage("CamelLondisteEventId must be a number but is first");
        assertThat(refusal(
                        WITH_DATABASES + "&argument.timeout=soon",
                        Map.of(LondisteConstants.OPERATION, LondisteOperation.SWITCH_OVER)))
                .hasMessage("CamelLondisteTimeout must be a time such as 30s but is soon");
    }

    @Test
    void twoWaysToCompareAreRefused() {
        assertThat(refusal(
                        WITH_DATABASES,
                        Map.of(
                                LondisteConstants.OPERATION,
                                LondisteOperation.COMPARE,
                                LondisteConstants.COMPARE_SQL,
                                "select 1 from _TABLE_",
                                LondisteConstants.CHECKSUM,
                                true)))
                .hasMessage("compareSql and checksum are two ways to compare: leave out one of them");
    }
}
