package dev.londiste.examples.benchmark.replication;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The main class of {@link ChildReplication}: takes commands line by line, until there are no more. */
public final class Child {

    static final String DONE = "done";

    private Child() {}

    public static void main(String[] urls) throws Exception {
        try (var provider = pool(urls[0]);
                var subscriber = pool(urls[1]);
                var replication = new LondisteReplication(provider, subscriber)) {
            var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (var command = commands.readLine(); command != null; command = commands.readLine()) {
                obey(replication, command.split(" "));
                System.out.println(DONE);
            }
        }
    }

    private static void obey(Replication replication, String[] command) throws Exception {
        switch (command[0]) {
            case "install" -> replication.install(List.of(command[1].split(",")));
            case "add" -> replication.addTables();
            case "pause" -> replication.pause();
            case "resume" -> replication.resume();
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    private static HikariDataSource pool(String url) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }
}
