package dev.londiste.pgq.lock;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The advisory lock of one consumer of one queue: 64 bits of a hash, so that strangers in the same database are as good as
 * never in the way. Immutable.
 */
public record LockKey(long value) {

    public static LockKey of(String queue, String consumer) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(("pgq\0" + queue + "\0" + consumer).getBytes(StandardCharsets.UTF_8));
            return new LockKey(ByteBuffer.wrap(hash).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
