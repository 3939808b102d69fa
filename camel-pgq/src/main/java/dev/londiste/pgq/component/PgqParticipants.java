package dev.londiste.pgq.component;

import dev.londiste.pgq.Participants;
import org.apache.camel.CamelContext;

/** The participants of a Camel context: a plugin of it, made when first asked for. */
public final class PgqParticipants {

    private PgqParticipants() {}

    public static Participants of(CamelContext context) {
        var extension = context.getCamelContextExtension();
        synchronized (extension) {
            var participants = extension.getContextPlugin(Participants.class);
            if (participants == null) {
                participants = new Participants();
                extension.addContextPlugin(Participants.class, participants);
            }
            return participants;
        }
    }
}
