/** The YAML routes under camel-main, for the demo and the command line alike. */
package dev.londiste.examples.londiste.routes;
