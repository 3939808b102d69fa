package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.lock.LockKey;
import dev.londiste.pgq.lock.StandingConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this process is the one that consumes. Not thread-safe, but for {@link #release()}. */
public interface Exclusive {

    /** Everyone may consume: for cooperative consumers, and behind proxies that keep no sessions. */
    Exclusive NOT = new Exclusive() {
        @Override
        public boolean isOurs() {
            return true;
        }

        @Override
        public void release() {}
    };

    /** Asked at each poll: costs nothing while the lock is held, one statement a second while standing by. */
    boolean isOurs();

    void release();

    /** By a session lock on the provider's standing connection. */
    final class ByLock implements Exclusive {

        private static final Logger LOG = LoggerFactory.getLogger(ByLock.class);
        private static final long TRY_EVERY = Duration.ofSeconds(1).toNanos();

        private final StandingConnection standing;
        private final LockKey key;
        private final String name;
        private long lastTry = System.nanoTime() - TRY_EVERY;
        private String role = "";

        public ByLock(StandingConnection standing, String queue, String consumer) {
            this.standing = standing;
            this.key = LockKey.of(queue, consumer);
            this.name = queue + "/" + consumer;
        }

        @Override
        public boolean isOurs() {
            boolean ours = standing.holds(key) || tryLock();
            say(ours ? "active" : "standing by: another process consumes");
            return ours;
        }

        private boolean tryLock() {
            long now = System.nanoTime();
            if (now - lastTry < TRY_EVERY) {
                return false;
            }
            lastTry = now;
            return standing.tryLock(key);
        }

        private void say(String newRole) {
            if (!newRole.equals(role)) {
                LOG.info("{} - {}", name, newRole);
                role = newRole;
            }
        }

        @Override
        public void release() {
            standing.unlock(key);
        }
    }
}
