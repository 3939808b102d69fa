package dev.londiste.pgq.component.failure;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.component.PgqConfiguration;

/** Makes the policy that an endpoint names. */
public final class FailurePolicies {

    private FailurePolicies() {}

    public static FailurePolicy of(PgqConfiguration configuration, PgqConsumerClient client) {
        return switch (configuration.getOnFailure()) {
            case ABORT_BATCH -> FailurePolicy.ABORT_BATCH;
            case RETRY_EVENT ->
                new RetryEvent(
                        client, configuration.getRetryDelay(), configuration.getMaxRetries(), new FailedQueue(client));
            case FAILED_QUEUE -> new FailedQueue(client);
            case SKIP -> new Skip();
        };
    }
}
