package dev.londiste.pgq.component;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.camel.model.RouteDefinition;

/**
 * One row of the table in docs/errors.md, and the route that shows it: three events, 1, 2 and 3, are one batch; the step
 * {@code fails} fails the first time it sees 2.
 *
 * @param construct what a route uses, as Markdown
 * @param batch what the batch does then
 * @param twice what the step before the failing one sees twice
 * @param options of the consumer
 * @param route what comes after {@code from}
 * @param sink what the step {@code sink} sees, all in all
 */
record ErrorRow(
        String construct,
        String batch,
        String twice,
        String options,
        BiConsumer<RouteDefinition, Steps> route,
        List<String> sink) {

    static ErrorRow of(String construct, String batch, String twice) {
        return new ErrorRow(
                construct, batch, twice, "", (route, steps) -> route.process(steps.sink()), List.of("1", "2", "3"));
    }

    ErrorRow with(String ofConsumer) {
        return new ErrorRow(construct, batch, twice, ofConsumer, route, sink);
    }

    ErrorRow shownBy(BiConsumer<RouteDefinition, Steps> definition) {
        return new ErrorRow(construct, batch, twice, options, definition, sink);
    }

    ErrorRow seeing(String... events) {
        return new ErrorRow(construct, batch, twice, options, route, List.of(events));
    }

    String markdown() {
        return "| " + construct + " | " + batch + " | " + twice + " |\n";
    }

    @Override
    public String toString() {
        return construct;
    }

    /** The steps that routes of rows are made of. */
    interface Steps {
        /** Notes the body. */
        org.apache.camel.Processor sink();

        /** Fails once, for the event 2, or for the batch. */
        org.apache.camel.Processor fails();

        /** The URI of a route that ends in {@code sink} and {@code fails}. */
        String failingRoute();
    }
}
