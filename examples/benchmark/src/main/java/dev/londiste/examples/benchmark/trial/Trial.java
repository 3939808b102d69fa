package dev.londiste.examples.benchmark;

/** One thing that is measured, with any way of doing it. */
interface Trial<T> {

    String name();

    String unit();

    Figure.Better better();

    double measure(Servers servers, T way) throws Exception;
}
