/** Changing which side of a replication is the provider. No Camel. */
package dev.londiste.replication.switchover;
