/**
 * What a person asks of a replication: install, add, look, and set right. Results are rows for machines and people:
 * snake_case names, values that JSON knows. No Camel.
 */
package dev.londiste.replication.admin;
