/**
 * Brings a table from NEW to ok beside the replay: loads it, catches up, hands it over. Any process may die at any
 * statement of it.
 */
package dev.londiste.replication.copy;
