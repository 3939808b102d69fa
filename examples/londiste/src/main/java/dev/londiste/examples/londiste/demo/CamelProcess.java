package dev.londiste.examples.londiste.demo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.main.Main;

/** Routes of one YAML file under camel-main, as a process of its own would run them. Thread-safe once started. */
final class CamelProcess implements AutoCloseable {

    private final Main main;
    private final FluentProducerTemplate template;

    private CamelProcess(Main main) {
        this.main = main;
        this.template = main.getCamelContext().createFluentProducerTemplate();
    }

    /** Starts the routes of {@code routes/<name>.yaml} between the two servers. */
    static CamelProcess start(String name, ShopServer provider, ShopServer subscriber) throws Exception {
        var main = new Main();
        main.bind("provider", provider.dataSource());
        main.bind("subscriber", subscriber.dataSource());
        main.configure().withName(name).withRoutesIncludePattern("classpath:routes/" + name + ".yaml");
        main.start();
        return new CamelProcess(main);
    }

    /** Sends headers to a door of the routes and returns the rows that come back. */
    List<Map<String, Object>> ask(String door, Map<String, Object> headers) {
        try {
            return rows(template.to(door).withHeaders(new HashMap<>(headers)).request(Object.class));
        } catch (CamelExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new DemoException(cause.getMessage(), cause);
        }
    }

    private static List<Map<String, Object>> rows(Object answer) {
        if (!(answer instanceof List<?> list)) {
            throw new DemoException("Expected rows, got " + answer, null);
        }
        return list.stream()
                .map(row -> {
                    var columns = new HashMap<String, Object>();
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
