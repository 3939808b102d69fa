package dev.londiste.replication.verify;

/** Hears how far COMPARE or REPAIR is, on the thread that does the work: now and then, and at the end of each phase. */
@FunctionalInterface
public interface VerificationListener {

    VerificationListener NONE = progress -> {};

    void progressed(VerificationProgress progress);
}
