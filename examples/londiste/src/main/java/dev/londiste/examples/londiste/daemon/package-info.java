/** Processes that go on working: pid file, signals, background, log. */
package dev.londiste.examples.londiste.daemon;
