/** The commands {@code londiste} and {@code pgqadm}: switches, requests to admin routes, and daemons. */
package dev.londiste.examples.londiste.cli;
