package dev.londiste.examples.benchmark.micro;

import org.openjdk.jmh.infra.Blackhole;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.ByteStreamWriter;

/** Takes what is written, and is done with it. */
record CopyToNowhere(Blackhole sink) implements CopyIn {

    @Override
    public void writeToCopy(byte[] bytes, int from, int length) {
        sink.consume(bytes);
    }

    @Override
    public void writeToCopy(ByteStreamWriter writer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flushCopy() {
        // nothing is kept
    }

    @Override
    public long endCopy() {
        return 0;
    }

    @Override
    public void cancelCopy() {
        // nothing has begun
    }

    @Override
    public boolean isActive() {
        return false;
    }

    @Override
    public long getHandledRowCount() {
        return 0;
    }

    @Override
    public int getFieldCount() {
        return 0;
    }

    @Override
    public int getFormat() {
        return 0;
    }

    @Override
    public int getFieldFormat(int field) {
        return 0;
    }
}
