/**
 * Changes of tables as events tell them: the model, and the decoders of every format that capture triggers of ours, of PgQ
 * and of SkyTools write. Values stay the text that was captured. No Camel, no database.
 */
package dev.londiste.pgq.change;
