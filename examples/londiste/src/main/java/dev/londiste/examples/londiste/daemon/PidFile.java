package dev.londiste.examples.londiste.daemon;

import dev.londiste.examples.londiste.config.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The file that names the process of a job. The lock on it, not its being there, tells that the process lives: the
 * system gives the lock back whatever a process dies of, so that a file left behind keeps nobody from starting.
 * Thread-safe.
 */
public final class PidFile implements AutoCloseable {

    private static final int LONGEST = 32;

    private final Path path;
    private final FileChannel channel;

    private PidFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Takes the file for this process.
     *
     * @param what runs, for the sentence that names the process that has the file
     */
    public static PidFile acquire(Path path, String what) {
        try {
            Optional<PidFile> file;
            do {
                file = tryAcquire(path, what);
            } while (file.isEmpty());
            return file.get();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "The pid file " + path + " cannot be written (" + e.getMessage() + "); name another one as pidfile",
                    e);
        }
    }

    /**
     * Empty when the file that was locked is no longer the one at the path: whoever had it may delete it between our
     * opening and our locking. The file is not opened a second time while the lock is held, since closing any channel of
     * a process to a file gives back all locks that the process has on it.
     */
    private static Optional<PidFile> tryAcquire(Path path, String what) throws IOException {
        var opened = create(path);
        var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            throw new ConfigurationException("%s runs already, with pid %s (pid file %s)"
                    .formatted(what, read(path).map(String::valueOf).orElse("unknown"), path));
        }
        if (!opened.equals(key(path))) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        channel.force(false);
        return Optional.of(new PidFile(path, channel));
    }

    private static Optional<Object> create(Path path) throws IOException {
        if (!Files.exists(path)) {
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
        }
        return key(path);
    }

    /** What tells a file from another one that has taken its name. */
    private static Optional<Object> key(Path path) throws IOException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The process that has the file, if one lives. */
    public static Optional<ProcessHandle> holder(Path path) {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null ? read(path).flatMap(ProcessHandle::of) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> read(Path path) throws IOException {
        if (!Files.exists(path) || Files.size(path) > LONGEST) {
            return Optional.empty();
        }
        var text = Files.readString(path).strip();
        return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    /** Deletes the file and gives it free, in this order: the next process finds none, or one it can lock. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new ConfigurationException("The pid file " + path + " cannot be deleted: " + e.getMessage(), e);
        }
    }
}
