package dev.londiste.examples.londiste.daemon;

import dev.londiste.examples.londiste.config.ConfigurationException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * This command once more as a process of its own in the background. The two talk over one pipe, the new process's
 * output: it says that it has started, or why it has not, and ends.
 */
public final class Background {

    private static final String MARK = "londiste.background";
    private static final String STARTED = "started in the background";

    private Background() {}

    /** Whether this process is the one in the background. */
    public static boolean isHere() {
        return Boolean.getBoolean(MARK);
    }

    /** Tells the process that waits in the foreground that all is well, and that nothing more will be said. */
    public static void started() {
        System.out.println(STARTED);
        System.out.close();
    }

    /** Starts it and waits until it has begun to work, which answers its pid; if it ends instead, its last words are the error. */
    public static long start(Class<?> main, List<String> arguments) throws IOException {
        var process = new ProcessBuilder(command(main, arguments))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        var words = new ArrayList<String>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals(STARTED)) {
                    return process.pid();
                }
                words.add(line);
            }
        }
        throw new ConfigurationException(
                words.isEmpty() ? "It ended before it began to work" : String.join(System.lineSeparator(), words));
    }

    private static List<String> command(Class<?> main, List<String> arguments) {
        var command = new ArrayList<String>();
        newSession().ifPresent(setsid -> command.add(setsid.toString()));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-D" + MARK + "=true");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Where the system has the command, the terminal cannot reach the process any more. */
    private static Optional<Path> newSession() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "setsid"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
