package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.util.ArrayList;
import org.apache.camel.Exchange;

/** What an endpoint must have for an operation, each as one sentence. */
final class Requirements {

    private Requirements() {}

    static void check(LondisteEndpoint endpoint, LondisteOperation operation) {
        var options = endpoint.getConfiguration();
        if (options.getLockTimeout().toMillis() < 1) {
            throw refused(
                    endpoint,
                    "lockTimeout must be at least 1 ms but is "
                            + options.getLockTimeout().toMillis() + " ms, which to PostgreSQL means for ever");
        }
        var missing = new ArrayList<String>();
        if (operation.needsProvider() && options.getProvider() == null) {
            missing.add("provider");
        }
        if (operation.needsSubscriber() && options.getSubscriber() == null) {
            missing.add("subscriber");
        }
        if (operation.needsQueue() && options.getQueue() == null) {
            missing.add("queue");
        }
        if (!missing.isEmpty()) {
            throw refused(
                    endpoint,
                    operation + " of londiste:" + endpoint.getJobName() + " needs the option "
                            + String.join(" and ", missing));
        }
        if (options.getParallelCopies() < 1) {
            throw refused(endpoint, "parallelCopies must be at least 1 but is " + options.getParallelCopies());
        }
    }

    /** Who asks for a dry run must not get the real one. */
    static void refuseDryRun(LondisteEndpoint endpoint, LondisteOperation operation, boolean dryRun) {
        if (dryRun && !operation.hasDryRun()) {
            throw refused(
                    endpoint,
                    operation + " has no dry run, so nothing was done; leave out dryRun for londiste:"
                            + endpoint.getJobName() + " to do it");
        }
    }

    /** The participant must be there before the first batch is read. */
    static void refuseLazyStart(LondisteEndpoint endpoint) {
        if (endpoint.isLazyStartProducer()) {
            throw refused(
                    endpoint,
                    "londiste:" + endpoint.getJobName()
                            + " with APPLY takes part in batches from its start, so lazyStartProducer must be false");
        }
    }

    /** An event that a header turned into something else would be lost. */
    static void refuseOtherOperation(LondisteEndpoint endpoint, Exchange exchange) {
        var header = exchange.getMessage().getHeader(LondisteConstants.OPERATION);
        if (header != null && !header.toString().equals(LondisteOperation.APPLY.name())) {
            throw refused(
                    endpoint,
                    "londiste:" + endpoint.getJobName()
                            + " is the replay of its job and does nothing else, but the header "
                            + LondisteConstants.OPERATION + " asks for " + header
                            + "; use an endpoint whose option operation is not APPLY");
        }
    }

    static PgqException refused(LondisteEndpoint endpoint, String sentence) {
        return new PgqException(
                sentence,
                Facts.of(endpoint.getConfiguration().getQueue(), endpoint.consumerName())
                        .sqlState("LD009"),
                null);
    }
}
