package dev.londiste.pgq;

/**
 * Nothing has failed: a batch that was begun is left for a later poll, since the route is being stopped or another
 * participant stands by.
 */
public final class BatchLeftException extends PgqException {

    private static final long serialVersionUID = 1L;

    public BatchLeftException(String sentence, Facts facts) {
        super(sentence, facts, null);
    }
}
