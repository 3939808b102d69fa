/**
 * What of a provider's rows is replicated: row filters, column lists and column expressions, for captured changes. The
 * provider evaluates them, as it does for copied rows. No Camel.
 */
package dev.londiste.replication.source;
