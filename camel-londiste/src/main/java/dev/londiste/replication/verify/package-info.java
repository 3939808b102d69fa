/** Whether both sides of a replication hold the same rows. No Camel. */
package dev.londiste.replication.verify;
