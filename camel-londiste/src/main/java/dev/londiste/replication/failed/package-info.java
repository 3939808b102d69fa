/** Changes that the subscriber refused: kept, listed, tried again, discarded. No Camel. */
package dev.londiste.replication.failed;
