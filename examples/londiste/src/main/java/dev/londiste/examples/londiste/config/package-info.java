/** The configuration files of Londiste and PgQ, and the connection strings in them. */
package dev.londiste.examples.londiste.config;
