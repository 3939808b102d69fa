package dev.londiste.pgq.component.route;

import dev.londiste.pgq.component.failure.FailurePolicy;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventPages;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * What the events of a consumer go through, one after the other or side by side.
 *
 * @param hold what the server may keep between two pages
 * @param policy what becomes of events whose exchange has failed
 * @param mayGoOn false once the route is being stopped
 * @param pending is told how many events of the page are left
 */
public record EventRoute(
        BatchReader reader,
        EventPages.Hold hold,
        ExchangeRunner runner,
        EventBody body,
        FailurePolicy policy,
        Progress progress,
        BooleanSupplier mayGoOn,
        IntConsumer pending) {}
