package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.SqlScripts;
import dev.londiste.pgq.SqlStates;
import dev.londiste.pgq.SqlVersion;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.component.PgqConfiguration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the queue exists and the consumer is registered, as far as the endpoint says so. A registration that
 * was lost is renewed only at the very position that a participant or this process knows (C18). Not thread-safe.
 */
public final class Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

    private final PgqConfiguration configuration;
    private final PgqConsumerClient client;
    private final ParticipantGroup participants;
    private Tick lastFinished;

    public Registration(PgqConfiguration configuration, PgqConsumerClient client, ParticipantGroup participants) {
        this.configuration = configuration;
        this.client = client;
        this.participants = participants;
    }

    /** Done before the first poll, and again when the server knows the consumer no longer. */
    public void ensure() {
        if (configuration.isAutoInstall()) {
            new SqlScripts(client.database()).install("pgq");
        }
        SqlVersion.require(client.database());
        if (configuration.isAutoCreateQueue() && new PgqQueue(client.database(), client.queue()).create()) {
            LOG.info("{}/{} - queue created", client.queue(), client.consumer());
        }
        if (configuration.isRegister()) {
            register();
        } else if (client.info().isEmpty()) {
            throw new PgqException(
                    "Consumer " + client.consumer() + " of queue " + client.queue()
                            + " is not registered: use operation REGISTER or register=true",
                    Facts.of(client.queue(), client.consumer()).sqlState(SqlStates.NOT_REGISTERED),
                    null);
        }
    }

    /** Remembers where the consumer stands, should its registration get lost. */
    void finished(Tick tick) {
        lastFinished = tick;
    }

    private void register() {
        var known = client.info().isPresent() ? Optional.<Tick>empty() : position();
        var registration = client.register(known);
        if (registration.isNew()) {
            LOG.info(
                    "{}/{} - registered at tick {}{}",
                    client.queue(),
                    client.consumer(),
                    registration.position().id(),
                    known.isPresent() ? "" : ", events before it are not consumed");
        }
    }

    /** Participants know better than this process, also when they know that any position will do. */
    private Optional<Tick> position() {
        return participants.isEmpty() ? Optional.ofNullable(lastFinished) : participants.position();
    }
}
