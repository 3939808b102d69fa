package dev.londiste.examples.londiste.config;

import com.zaxxer.hikari.HikariDataSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A database named by a connection string of libpq, reached over JDBC. What libpq takes from the environment
 * (PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSSLMODE; PGPASSFILE and ~/.pgpass by the driver), counts here too.
 */
public final class Database {

    /** libpq's names that the driver knows under names of its own. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("user", "user"),
            Map.entry("password", "password"),
            Map.entry("application_name", "ApplicationName"),
            Map.entry("connect_timeout", "connectTimeout"),
            Map.entry("options", "options"),
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("gssencmode", "gssEncMode"),
            Map.entry("krbsrvname", "kerberosServerName"),
            Map.entry("target_session_attrs", "targetServerType"));

    /** What the driver does by itself, or PostgreSQL's client library alone can do, without harm when left out. */
    private static final Set<String> WITHOUT_MEANING = Set.of(
            "client_encoding",
            "fallback_application_name",
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
            "sslcompression",
            "sslsni");

    private static final Map<String, String> TARGETS = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private static final List<String> SOCKET_FOLDERS = List.of("/var/run/postgresql", "/run/postgresql", "/tmp");
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final String DEFAULT_PORT = "5432";

    private final Map<String, String> parameters;
    private final Map<String, String> environment;

    private Database(Map<String, String> parameters, Map<String, String> environment) {
        this.parameters = parameters;
        this.environment = environment;
    }

    /** Reads the string; an unknown key, or one that JDBC cannot honour, is refused. */
    public static Database of(String connectionString, Map<String, String> environment) {
        var database = new Database(ConnectionString.parse(connectionString).parameters(), environment);
        database.requireKnownKeys();
        return database;
    }

    private void requireKnownKeys() {
        for (var key : parameters.keySet()) {
            boolean known = NAMES.containsKey(key)
                    || WITHOUT_MEANING.contains(key)
                    || Set.of("host", "hostaddr", "port", "dbname", "passfile", "service")
                            .contains(key);
            if (!known) {
                throw new ConfigurationException("the connection string has a key that is not known: " + key);
            }
        }
    }

    /**
     * A pool that connects when it is first asked, and keeps no connection that nobody needs.
     *
     * @param name the key that names the database, for the pool's errors
     */
    public HikariDataSource pool(String name, int size) {
        usePassfile();
        var pool = new NamedPool(name + ", " + url().replaceFirst("^jdbc:postgresql://", ""));
        pool.setPoolName(name);
        pool.setJdbcUrl(url());
        pool.setDataSourceProperties(properties());
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        return pool;
    }

    /** The driver reads one file for the whole process. */
    private void usePassfile() {
        var passfile = parameters.get("passfile");
        if (passfile == null) {
            return;
        }
        var before = System.setProperty("org.postgresql.pgpassfile", passfile);
        if (before != null && !before.equals(passfile)) {
            throw new ConfigurationException("two databases name different files in passfile, " + before + " and "
                    + passfile + "; the driver reads only one: put both passwords into it");
        }
    }

    String url() {
        if (parameters.containsKey("service") && !parameters.containsKey("host")) {
            // The driver looks for a service in the URL only.
            return "jdbc:postgresql://" + (dbname() == null ? "" : "/" + dbname()) + "?service="
                    + URLEncoder.encode(parameters.get("service"), StandardCharsets.UTF_8);
        }
        return "jdbc:postgresql://" + (socket() == null ? addresses() : "localhost") + "/"
                + (dbname() == null ? user() : dbname());
    }

    Properties properties() {
        var properties = new Properties();
        properties.put("ApplicationName", "londiste");
        properties.put("connectTimeout", String.valueOf(CONNECTION_TIMEOUT.toSeconds()));
        putIfPresent(properties, "password", environment.get("PGPASSWORD"));
        putIfPresent(properties, "sslmode", environment.get("PGSSLMODE"));
        parameters.forEach((key, value) -> putIfPresent(properties, NAMES.get(key), value));
        if (parameters.containsKey("target_session_attrs")) {
            properties.put("targetServerType", target(parameters.get("target_session_attrs")));
        }
        if (!parameters.containsKey("service")) {
            properties.put("user", user());
        }
        var socket = socket();
        if (socket != null) {
            properties.put("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
            properties.put("socketFactoryArg", socket.toString());
            properties.put("sslmode", "disable");
        }
        return properties;
    }

    private static void putIfPresent(Properties properties, String key, String value) {
        if (key != null && value != null && !value.isEmpty()) {
            properties.put(key, value);
        }
    }

    private static String target(String wanted) {
        var type = TARGETS.get(wanted);
        if (type == null) {
            throw new ConfigurationException("target_session_attrs has no value " + wanted + "; it has "
                    + TARGETS.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        return type;
    }

    /** The server's socket, when the host is a folder, or when none is named and the usual folder has one. */
    private Path socket() {
        var host = host();
        if (host == null) {
            return parameters.containsKey("service")
                    ? null
                    : SOCKET_FOLDERS.stream()
                            .map(this::socketIn)
                            .filter(Files::exists)
                            .findFirst()
                            .orElse(null);
        }
        if (!host.startsWith("/")) {
            return null;
        }
        var socket = socketIn(host);
        if (!Files.exists(socket)) {
            throw new ConfigurationException("no server listens on the socket " + socket
                    + ": name the folder of its socket as host, or its host name");
        }
        return socket;
    }

    private Path socketIn(String folder) {
        return Path.of(folder, ".s.PGSQL." + port());
    }

    private String addresses() {
        var hosts = (host() == null ? "localhost" : host()).split(",", -1);
        var ports = port().split(",", -1);
        if (ports.length != 1 && ports.length != hosts.length) {
            throw new ConfigurationException("the connection string has " + hosts.length + " hosts, but " + ports.length
                    + " ports: name one for each, or one for all");
        }
        var addresses = new StringBuilder();
        for (int i = 0; i < hosts.length; i++) {
            addresses.append(i == 0 ? "" : ",").append(hosts[i]).append(':').append(ports[ports.length == 1 ? 0 : i]);
        }
        return addresses.toString();
    }

    private String host() {
        var address = parameters.get("hostaddr");
        return address == null || address.isEmpty() ? given("host", "PGHOST", null) : address;
    }

    private String port() {
        return given("port", "PGPORT", DEFAULT_PORT);
    }

    private String user() {
        return given("user", "PGUSER", System.getProperty("user.name"));
    }

    private String dbname() {
        return given("dbname", "PGDATABASE", null);
    }

    private String given(String key, String variable, String otherwise) {
        var value = parameters.get(key);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        var inherited = environment.get(variable);
        return inherited == null || inherited.isEmpty() ? otherwise : inherited;
    }
}
