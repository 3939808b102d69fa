package dev.londiste.pgq;

/**
 * The consumer's position is no longer the one that its target has: going on would lose or repeat events. Nothing but a
 * decision of a person ends this state; the sentence names the way out.
 */
public final class LostPositionException extends PgqException {

    private static final long serialVersionUID = 1L;

    public LostPositionException(String sentence, Facts facts, Throwable cause) {
        super(sentence, facts, cause);
    }
}
