package dev.londiste.examples.londiste.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A connection string of libpq: {@code key=value} pairs, values in single quotes where they need to be, or a URI
 * {@code postgresql://user:password@host:port/dbname?key=value}.
 *
 * @param parameters by libpq's names, in the order given; those not given are not in it
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html">libpq, connection strings</a>
 */
record ConnectionString(Map<String, String> parameters) {

    private static final Pattern URI = Pattern.compile("postgres(?:ql)?://"
            + "(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?"
            + "(?<hosts>[^/?]*)(?:/(?<dbname>[^?]*))?(?:\\?(?<rest>.*))?");
    private static final Pattern PAIR = Pattern.compile(
            "\\s*(?<key>\\w+)\\s*=\\s*(?:'(?<quoted>(?:[^'\\\\]|\\\\.)*)'|(?<plain>(?:[^\\s'\\\\]|\\\\.)*))(?=\\s|$)");

    static ConnectionString parse(String text) {
        return text.strip().matches("postgres(ql)?://.*") ? ofUri(text.strip()) : ofPairs(text);
    }

    private static ConnectionString ofPairs(String text) {
        var parameters = new LinkedHashMap<String, String>();
        var pair = PAIR.matcher(text);
        int end = 0;
        while (end < text.length() && pair.find(end) && pair.start() == end) {
            var value = pair.group("quoted") == null ? pair.group("plain") : pair.group("quoted");
            parameters.put(pair.group("key"), value.replaceAll("\\\\(.)", "$1"));
            end = pair.end();
        }
        if (!text.substring(end).isBlank()) {
            throw new ConfigurationException(
                    "a connection string is made of key=value pairs, values with blanks in single quotes; it cannot be read from its character "
                            + (end + 1) + " on");
        }
        return new ConnectionString(parameters);
    }

    private static ConnectionString ofUri(String text) {
        var uri = URI.matcher(text);
        if (!uri.matches()) {
            throw new ConfigurationException("a connection URI looks like postgresql://user@host:port/dbname");
        }
        var parameters = new LinkedHashMap<String, String>();
        put(parameters, "user", uri.group("user"));
        put(parameters, "password", uri.group("password"));
        var hosts = uri.group("hosts");
        if (!hosts.isEmpty()) {
            put(parameters, "host", hosts.replaceAll(":\\d+(?=,|$)", ""));
            if (hosts.matches(".*:\\d+")) {
                put(parameters, "port", hosts.replaceAll("[^,]*:(?=\\d+(,|$))", ""));
            }
        }
        put(parameters, "dbname", uri.group("dbname"));
        if (uri.group("rest") != null) {
            for (var pair : uri.group("rest").split("&", -1)) {
                var parts = pair.split("=", 2);
                put(parameters, parts[0], parts.length == 1 ? "" : parts[1]);
            }
        }
        return new ConnectionString(parameters);
    }

    private static void put(Map<String, String> parameters, String key, String value) {
        if (value != null && !value.isEmpty()) {
            parameters.put(key, URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
    }
}
