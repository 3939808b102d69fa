package dev.londiste.examples.benchmark.trial;

import dev.londiste.examples.benchmark.report.Quantity;
import java.util.List;

/** Something that is measured, with any way of doing it. */
public interface Trial<T> {

    List<Quantity> quantities();

    /** One value for each quantity. */
    double[] measure(T way) throws Exception;
}
