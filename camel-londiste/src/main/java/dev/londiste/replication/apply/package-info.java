/**
 * Applying changes to the subscriber inside a transaction of the caller's: as net changes with few statements, and change
 * by change where that is needed. The way in is {@link dev.londiste.replication.apply.ChangeApplier}. No Camel, no
 * knowledge of queues, positions and table states.
 */
package dev.londiste.replication.apply;
