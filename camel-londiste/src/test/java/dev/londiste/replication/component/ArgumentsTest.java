package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
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
        assertThat(refusal("", Map.of("CamelFileName", "x", "camellondisteforce", true)))
                .hasMessageContaining("STATUS of londiste:job needs the option");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1"})
    void lockTimeoutHasAnEnd(String timeout) {
        assertThat(refusal("&lockTimeout=" + timeout, Map.of()))
                .hasMessageStartingWith("lockTimeout must be at least 1 ms but is " + timeout + " ms");
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
