package dev.londiste.examples.londiste.cli;

import static dev.londiste.pgq.component.PgqOperation.DELETE_FAILED;
import static dev.londiste.pgq.component.PgqOperation.FAILED_EVENTS;
import static dev.londiste.pgq.component.PgqOperation.RETRY_FAILED;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code pgqadm config.ini failed ...}. */
@Command(
        name = "failed",
        description = "Administer the events that a consumer has given up.",
        synopsisSubcommandLabel = "COMMAND")
final class FailedEventCommands {

    @ParentCommand
    private Pgqadm pgqadm;

    @Command(name = "list", description = "Show the events, with the reason of each.")
    int list(
            @Parameters(index = "0", paramLabel = "queue", description = "Name of the queue.") String queue,
            @Parameters(index = "1", paramLabel = "consumer", description = "Name of the consumer.") String consumer)
            throws Exception {
        return pgqadm.run(queue, consumer, Request.of(FAILED_EVENTS));
    }

    @Command(name = "retry", description = "Put events back into the queue.")
    int retry(
            @Parameters(index = "0", paramLabel = "queue", description = "Name of the queue.") String queue,
            @Parameters(index = "1", paramLabel = "consumer", description = "Name of the consumer.") String consumer,
            @Parameters(index = "2..*", arity = "1..*", paramLabel = "event", description = "Their ids.")
                    List<Long> events)
            throws Exception {
        return pgqadm.run(queue, consumer, Request.of(RETRY_FAILED).withBody(events));
    }

    @Command(name = "delete", description = "Forget events.")
    int delete(
            @Parameters(index = "0", paramLabel = "queue", description = "Name of the queue.") String queue,
            @Parameters(index = "1", paramLabel = "consumer", description = "Name of the consumer.") String consumer,
            @Parameters(index = "2..*", arity = "1..*", paramLabel = "event", description = "Their ids.")
                    List<Long> events)
            throws Exception {
        return pgqadm.run(queue, consumer, Request.of(DELETE_FAILED).withBody(events));
    }
}
