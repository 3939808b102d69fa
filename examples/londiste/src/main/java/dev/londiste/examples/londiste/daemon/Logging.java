package dev.londiste.examples.londiste.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.londiste.examples.londiste.config.ConfigurationException;
import dev.londiste.examples.londiste.config.ProcessSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up the log of a process, before anything is logged. */
public final class Logging {

    private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %property{pid} %level %msg%n%xEx{SHORT}";
    private static final String VERBOSE_PATTERN =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %property{pid} %level %logger{24} %msg%n";

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final boolean verbose;

    private Logging(boolean verbose) {
        this.verbose = verbose;
        context.reset();
        context.putProperty("pid", String.valueOf(ProcessHandle.current().pid()));
    }

    /** A command that answers at once says by itself what is wrong; its log is for those who want to see more. */
    public static void ofCommand(boolean verbose) {
        var logging = new Logging(verbose);
        logging.level(verbose ? Level.INFO : Level.OFF);
        logging.toTerminal();
    }

    /** A daemon logs to its file, and to the terminal that it was started on. */
    public static void ofDaemon(ProcessSettings settings, boolean quiet, boolean verbose, boolean terminal) {
        var logging = new Logging(verbose);
        logging.level(quiet ? Level.WARN : Level.INFO);
        if (!verbose) {
            logging.context.getLogger("org.apache.camel").setLevel(Level.WARN);
            // What keeps the routes from starting ends the process, which says it by itself.
            logging.context
                    .getLogger("org.apache.camel.impl.engine.AbstractCamelContext")
                    .setLevel(Level.OFF);
            logging.context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
        }
        if (terminal) {
            settings.givenLogFile().ifPresent(file -> logging.toFile(file, settings));
            logging.toTerminal();
        } else {
            logging.toFile(settings.logFile(), settings);
        }
    }

    private void level(Level level) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
    }

    private void toTerminal() {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setTarget("System.err");
        add(appender);
    }

    private void toFile(Path file, ProcessSettings settings) {
        requireWritable(file);
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setFile(file.toString());
        var old = new FixedWindowRollingPolicy();
        old.setContext(context);
        old.setParent(appender);
        old.setFileNamePattern(file + ".%i");
        old.setMinIndex(1);
        old.setMaxIndex(Math.max(1, settings.logCount()));
        old.start();
        var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(settings.logSize()));
        size.start();
        appender.setRollingPolicy(old);
        appender.setTriggeringPolicy(size);
        add(appender);
    }

    private static void requireWritable(Path file) {
        var folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder) || !Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new ConfigurationException(
                    "The log file " + file + " cannot be written; name another one as logfile");
        }
    }

    private void add(OutputStreamAppender<ILoggingEvent> appender) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(verbose ? VERBOSE_PATTERN : PATTERN);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }
}
