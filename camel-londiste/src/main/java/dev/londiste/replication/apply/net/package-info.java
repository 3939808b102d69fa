/** Changes taken together: what is left when every key's history is, applied with few statements. */
package dev.londiste.replication.apply.net;
