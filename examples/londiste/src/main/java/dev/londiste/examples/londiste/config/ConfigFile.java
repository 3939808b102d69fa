package dev.londiste.examples.londiste.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A file of settings: an INI file of Londiste or PgQ, or Camel properties or YAML with the same keys under the name of
 * the section ({@code londiste.job_name = ...}). Every error names the file. Immutable.
 */
public final class ConfigFile {

    private final Path path;
    private final String section;
    private final Map<String, String> values;
    private final Map<String, String> camel;

    private ConfigFile(Path path, String section, Map<String, String> values, Map<String, String> camel) {
        this.path = path;
        this.section = section;
        this.values = values;
        this.camel = camel;
    }

    public static ConfigFile read(Path path, String section) {
        try {
            var name = path.getFileName().toString();
            if (name.endsWith(".properties")) {
                return flat(path, section, properties(Files.readString(path)));
            }
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                return flat(path, section, yaml(Files.readString(path)));
            }
            return new ConfigFile(path, section, IniFile.section(section, Files.readAllLines(path)), Map.of());
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("There is no configuration file " + path, e);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "The configuration file " + path + " cannot be read: " + e.getMessage(), e);
        } catch (ConfigurationException e) {
            throw new ConfigurationException(path + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> properties(String text) throws IOException {
        var properties = new Properties();
        properties.load(new StringReader(text));
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }

    private static Map<String, String> yaml(String text) {
        var flat = new LinkedHashMap<String, String>();
        var root = new Load(LoadSettings.builder().build()).loadFromString(text);
        if (!(root instanceof Map<?, ?> map)) {
            throw new ConfigurationException("it has no settings");
        }
        flatten("", map, flat);
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, String> flat) {
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + key + ".", inner, flat);
            } else if (value != null) {
                flat.put(prefix + key, value.toString());
            }
        });
    }

    /** Keys under the section are ours, all others Camel's. */
    private static ConfigFile flat(Path path, String section, Map<String, String> all) {
        var ours = new LinkedHashMap<String, String>();
        var camel = new LinkedHashMap<String, String>();
        all.forEach((key, value) -> {
            if (key.startsWith(section + ".")) {
                ours.put(key.substring(section.length() + 1), value);
            } else {
                camel.put(key, value);
            }
        });
        return new ConfigFile(path, section, ours, camel);
    }

    public Path path() {
        return path;
    }

    /** What is said to Camel itself, such as {@code camel.main.name}. */
    public Map<String, String> camel() {
        return camel;
    }

    /** The keys that have no meaning, which a caller warns of. */
    Set<String> keysOutside(Set<String> known) {
        var unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(known);
        return unknown;
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isBlank());
    }

    String required(String key) {
        return text(key).orElseThrow(() -> wrong(key, "is missing"));
    }

    /** A time in seconds, fractions allowed, as Londiste has it. */
    Duration seconds(String key, Duration otherwise) {
        return text(key)
                .map(text -> Duration.ofMillis(Math.round(number(key, text) * 1000)))
                .orElse(otherwise);
    }

    int wholeNumber(String key, int otherwise) {
        return text(key)
                .map(text -> {
                    var number = number(key, text);
                    if (number != Math.rint(number) || number > Integer.MAX_VALUE) {
                        throw wrong(key, "must be a whole number, not " + text);
                    }
                    return (int) number;
                })
                .orElse(otherwise);
    }

    private double number(String key, String text) {
        try {
            var number = Double.parseDouble(text);
            if (number >= 0 && number < 1e12) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, "must be a number, not " + text);
        }
        throw wrong(key, "must be a number from 0 on, not " + text);
    }

    /** A path, with {@code ~} for the home folder, and seen from the folder that the process runs in. */
    Optional<Path> file(String key) {
        return text(key)
                .map(text -> text.startsWith("~/")
                        ? Path.of(System.getProperty("user.home"), text.substring(2))
                        : Path.of(text));
    }

    /** The database that a key names. */
    Database database(String key) {
        try {
            return Database.of(required(key), System.getenv());
        } catch (ConfigurationException e) {
            throw e.getMessage().startsWith(path.toString()) ? e : wrong(key, "cannot be used: " + e.getMessage());
        }
    }

    ConfigurationException wrong(String key, String what) {
        return new ConfigurationException("%s: %s in section %s %s".formatted(path, key, section, what));
    }
}
