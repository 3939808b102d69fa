package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.output.Bars;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks for something that takes its time, and shows how far it is meanwhile. */
final class Waiting {

    private static final long BETWEEN_LOOKS_MS = 500;

    private final Session session;
    private final GeneralOptions general;

    Waiting(Session session, GeneralOptions general) {
        this.session = session;
        this.general = general;
    }

    List<Map<String, Object>> ask(Request request, ProgressOf progress) throws InterruptedException {
        var answer = session.routes().askLater(request.door(), request.headers());
        try (var bars = Bars.open(general.quiet() || general.json())) {
            while (true) {
                try {
                    return answer.get(BETWEEN_LOOKS_MS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    bars.show(progress.look(session));
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
        }
    }
}
