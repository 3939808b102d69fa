/**
 * The replay of a job: its position, the states of its tables, and the transaction that applies a batch. No Camel, no
 * knowledge of how a table is copied.
 */
package dev.londiste.replication.sync;
