package dev.londiste.examples.benchmark;

/**
 * One of those that a trial compares.
 *
 * @param way how it does it
 */
record Contestant<T>(String name, T way) {}
