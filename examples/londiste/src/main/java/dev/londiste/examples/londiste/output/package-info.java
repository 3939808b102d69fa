/** Results and progress, for people on a terminal and for programs. */
package dev.londiste.examples.londiste.output;
