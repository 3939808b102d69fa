package dev.londiste.replication.verify;

import java.util.List;

/**
 * A row without its content. Immutable.
 *
 * @param order digest of the key's text: rows come in this order from either side
 * @param content digest of the content's text
 * @param size bytes of the content's text
 */
record RowDigest(String order, List<String> key, String content, int size) {}
