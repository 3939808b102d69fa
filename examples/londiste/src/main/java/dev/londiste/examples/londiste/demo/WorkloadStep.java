package dev.londiste.examples.londiste.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One kind of transaction that the shop sees.
 *
 * @param weight how often it happens, relative to the others
 */
record WorkloadStep(int weight, String name, String sql) {

    private static final Pattern HEADER = Pattern.compile("(?m)^-- (\\d+) (.*)$");

    /** The steps of a file in which a line {@code -- weight name} precedes each. */
    static List<WorkloadStep> parse(String file) {
        var steps = new ArrayList<WorkloadStep>();
        var header = HEADER.matcher(file);
        boolean found = header.find();
        while (found) {
            int weight = Integer.parseInt(header.group(1));
            var name = header.group(2);
            int start = header.end();
            found = header.find();
            steps.add(new WorkloadStep(weight, name, file.substring(start, found ? header.start() : file.length())));
        }
        return List.copyOf(steps);
    }

    /** The step that a number from 0 to the sum of all weights falls on. */
    static WorkloadStep at(List<WorkloadStep> steps, int number) {
        int left = number;
        for (var step : steps) {
            left -= step.weight();
            if (left < 0) {
                return step;
            }
        }
        throw new IllegalArgumentException(number + " is beyond the sum of the weights");
    }
}
