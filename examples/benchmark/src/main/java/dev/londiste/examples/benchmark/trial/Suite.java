package dev.londiste.examples.benchmark.trial;

import dev.londiste.examples.benchmark.server.Servers;

/** Trials that belong together, run by one name. */
@FunctionalInterface
public interface Suite {

    void run(Settings settings, Servers servers, Comparison comparison) throws Exception;
}
