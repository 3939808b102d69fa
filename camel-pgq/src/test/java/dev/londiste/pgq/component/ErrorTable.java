package dev.londiste.pgq.component;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.builder.Builder;
import org.apache.camel.builder.DeadLetterChannelBuilder;
import org.apache.camel.builder.DefaultErrorHandlerBuilder;

/** The rows of the table in docs/errors.md. */
final class ErrorTable {

    private static final String GOES_ON = "goes on, and is finished";
    private static final String AGAIN = "stays open, and goes on with the failed event after `retryDelay`";
    private static final String NOTHING = "nothing";
    private static final String THE_FAILED = "the failed event";

    static final List<ErrorRow> ROWS = List.of(
            ErrorRow.of("nothing: the exchange ends with an exception", AGAIN, THE_FAILED)
                    .shownBy((route, steps) -> route.process(steps.sink()).process(steps.fails()))
                    .seeing("1", "2", "2", "3"),
            ErrorRow.of("`rollback()`, `markRollbackOnly()`, `markRollbackOnlyLast()`", AGAIN, THE_FAILED)
                    .shownBy((route, steps) -> route.process(steps.sink())
                            .doTry()
                            .process(steps.fails())
                            .doCatch(Exception.class)
                            .markRollbackOnlyLast()
                            .end())
                    .seeing("1", "2", "2", "3"),
            ErrorRow.of(
                            "redelivery, `maximumRedeliveries(3)`",
                            GOES_ON + " when a redelivery succeeds",
                            "nothing; the failing step itself sees the event again")
                    .shownBy((route, steps) -> route.errorHandler(new DefaultErrorHandlerBuilder()
                                    .maximumRedeliveries(3)
                                    .redeliveryDelay(0))
                            .process(steps.sink())
                            .process(steps.fails())),
            ErrorRow.of("`onException(..).handled(true)`", GOES_ON, NOTHING)
                    .shownBy((route, steps) -> route.onException(Exception.class)
                            .handled(true)
                            .end()
                            .process(steps.sink())
                            .process(steps.fails())),
            ErrorRow.of("`onException(..).continued(true)`", GOES_ON, NOTHING)
                    .shownBy((route, steps) -> route.onException(Exception.class)
                            .continued(true)
                            .end()
                            .process(steps.sink())
                            .process(steps.fails())),
            ErrorRow.of("`doTry()`, `doCatch(..)`", GOES_ON, NOTHING)
                    .shownBy((route, steps) -> route.process(steps.sink())
                            .doTry()
                            .process(steps.fails())
                            .doCatch(Exception.class)
                            .end()),
            ErrorRow.of("`deadLetterChannel(..)`", GOES_ON + "; the event is the dead letter endpoint's", NOTHING)
                    .shownBy((route, steps) -> route.errorHandler(new DeadLetterChannelBuilder("mock:dead"))
                            .process(steps.sink())
                            .process(steps.fails())),
            ErrorRow.of("`onFailure=RETRY_EVENT`", GOES_ON + "; the event comes again in a later batch", THE_FAILED)
                    .with("&onFailure=RETRY_EVENT&retryDelay=1s")
                    .shownBy((route, steps) -> route.process(steps.sink()).process(steps.fails()))
                    .seeing("1", "2", "3", "2"),
            ErrorRow.of("`onFailure=FAILED_QUEUE`", GOES_ON + "; the event waits in the failed queue", NOTHING)
                    .with("&onFailure=FAILED_QUEUE")
                    .shownBy((route, steps) -> route.process(steps.sink()).process(steps.fails())),
            ErrorRow.of("`onFailure=SKIP`", GOES_ON + "; the event is lost to this consumer", NOTHING)
                    .with("&onFailure=SKIP")
                    .shownBy((route, steps) -> route.process(steps.sink()).process(steps.fails())),
            ErrorRow.of("`maxInFlight=4`", AGAIN, "the failed event, and those after it that had begun")
                    .with("&maxInFlight=4")
                    .shownBy((route, steps) -> route.process(steps.sink()).process(steps.fails())),
            ErrorRow.of("`filter()`, `choice()`, `stop()`, without an error", GOES_ON, NOTHING)
                    .shownBy((route, steps) -> route.filter(exchange ->
                                    !exchange.getMessage().getBody(String.class).equals("2"))
                            .process(steps.sink()))
                    .seeing("1", "3"),
            ErrorRow.of(
                            "`direct:`, `enrich()`, `recipientList()`, `toD()`, `multicast()`: one of them fails",
                            AGAIN,
                            THE_FAILED)
                    .shownBy((route, steps) -> route.multicast().to(steps.failingRoute()))
                    .seeing("1", "2", "2", "3"),
            ErrorRow.of(
                            "`batching=true`, the exchange fails, `split().stopOnException()`",
                            "stays open, and comes again as a whole after `retryDelay`",
                            "all events of the batch before the failure, and the failed one")
                    .with("&batching=true")
                    .shownBy((route, steps) -> route.split(Builder.body())
                            .stopOnException()
                            .process(steps.sink())
                            .process(steps.fails()))
                    .seeing("1", "2", "1", "2", "3"),
            ErrorRow.of(
                            "`batching=true`, `split()` without `stopOnException()`",
                            "is routed to its end, stays open, and comes again as a whole",
                            "all events of the batch")
                    .with("&batching=true")
                    .shownBy((route, steps) ->
                            route.split(Builder.body()).process(steps.sink()).process(steps.fails()))
                    .seeing("1", "2", "3", "1", "2", "3"),
            ErrorRow.of(
                            "`seda:`, `wireTap()`, `threads()`, and other work on threads of its own",
                            "**is finished without waiting for it**",
                            "nothing; what fails there, or is still there when the process dies, is lost")
                    .shownBy((route, steps) -> route.to("seda:failing")),
            ErrorRow.of(
                            "`aggregate()`",
                            "**is finished while its events are still in the aggregator**",
                            "nothing; what fails later, or is in the aggregator when the process dies, is lost")
                    .shownBy(
                            (route, steps) -> route.aggregate(Builder.constant(true), AggregationStrategies.useLatest())
                                    .completionSize(3)
                                    .process(steps.sink())
                                    .throwException(new IllegalStateException("after the aggregator")))
                    .seeing("3"));

    private ErrorTable() {}

    static String markdown() {
        return "| In the route | The batch | The sink sees twice |\n|---|---|---|\n"
                + ROWS.stream().map(ErrorRow::markdown).collect(Collectors.joining());
    }
}
