package dev.londiste.examples.benchmark.trial;

/**
 * One of those that a trial compares.
 *
 * @param way how it does it
 */
public record Contestant<T>(String name, T way) {}
