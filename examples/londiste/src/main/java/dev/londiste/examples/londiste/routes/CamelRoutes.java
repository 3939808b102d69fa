package dev.londiste.examples.londiste.routes;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.main.Main;

/**
 * Routes of YAML files under camel-main, as a process of its own would run them. Closing it waits for the exchanges in
 * hand. Thread-safe once started.
 */
public final class CamelRoutes implements AutoCloseable {

    private final Main main;
    private final FluentProducerTemplate template;

    private CamelRoutes(Main main) {
        this.main = main;
        this.template = main.getCamelContext().createFluentProducerTemplate();
    }

    /**
     * Starts the routes of {@code routes/<name>.yaml} for each name.
     *
     * @param names of files, the first one names the context
     * @param beans by the names that the routes refer to
     * @param properties placeholders of the routes, and settings of Camel
     */
    public static CamelRoutes start(List<String> names, Map<String, Object> beans, Map<String, String> properties)
            throws Exception {
        var main = new Main();
        beans.forEach(main::bind);
        properties.forEach(main::addInitialProperty);
        main.configure()
                .withName(names.get(0))
                .withAutoConfigurationEnvironmentVariablesEnabled(false)
                .withRoutesIncludePattern(String.join(
                        ",",
                        names.stream()
                                .map(name -> "classpath:routes/" + name + ".yaml")
                                .toList()));
        try {
            main.start();
        } catch (Exception e) {
            main.stop();
            throw failure(e);
        }
        return new CamelRoutes(main);
    }

    /** What keeps a route from starting is below Camel's sentences about it. */
    private static RouteFailure failure(Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getClass().getName().startsWith("org.apache.camel.")) {
            cause = cause.getCause();
        }
        return new RouteFailure(cause.getMessage(), e);
    }

    /** Sends headers to a door of the routes and returns the rows that come back. */
    public List<Map<String, Object>> ask(String door, Map<String, Object> headers) {
        return ask(door, headers, null);
    }

    /** Sends headers and a body to a door of the routes and returns the rows that come back. */
    public List<Map<String, Object>> ask(String door, Map<String, Object> headers, Object body) {
        try {
            return rows(template.to(door)
                    .withHeaders(new HashMap<>(headers))
                    .withBody(body)
                    .request(Object.class));
        } catch (CamelExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new RouteFailure(cause.getMessage(), cause);
        }
    }

    /** The same on another thread, for one who draws meanwhile. */
    public CompletableFuture<List<Map<String, Object>>> askLater(String door, Map<String, Object> headers) {
        return CompletableFuture.supplyAsync(() -> ask(door, headers));
    }

    private static List<Map<String, Object>> rows(Object answer) {
        if (!(answer instanceof List<?> list)) {
            throw new RouteFailure("Expected rows, got " + answer, null);
        }
        return list.stream()
                .map(row -> {
                    var columns = new LinkedHashMap<String, Object>();
                    ((Map<?, ?>) row).forEach((name, value) -> columns.put(String.valueOf(name), value));
                    return (Map<String, Object>) columns;
                })
                .toList();
    }

    @Override
    public void close() {
        main.stop();
    }
}
