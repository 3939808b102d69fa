package dev.londiste.examples.benchmark.trial;

import dev.londiste.examples.benchmark.report.Figure;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.report.Report;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs trials and collects their figures. The contestants of a trial alternate, so that whatever else the machine does
 * hits all alike. Not thread-safe.
 */
public final class Comparison {

    /** After so many rounds the JVM has compiled what it will; peers in C have nothing to compile. */
    private static final int WARM_UPS = 5;

    private final int rounds;
    private final PrintStream out;
    private final List<Figure> figures = new ArrayList<>();
    private final List<Goal> goals = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    public Comparison(int rounds, PrintStream out) {
        this.rounds = rounds;
        this.out = out;
    }

    public void goal(Goal goal) {
        goals.add(goal);
    }

    /** Says why something is not measured. */
    public void note(String note) {
        out.println(note);
        notes.add(note);
    }

    public <T> void compare(Trial<T> trial, List<Contestant<T>> contestants) throws Exception {
        compare(rounds, trial, contestants);
    }

    /** Uncounted: a daemon is measured as it is after its first minutes, not while it is compiled. */
    public <T> void warmUp(Trial<T> trial, List<Contestant<T>> contestants) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            for (var contestant : contestants) {
                print(0, trial, contestant, trial.measure(contestant.way()));
            }
        }
    }

    /** For trials that take long, or that look at how cost grows rather than at who is faster. */
    public <T> void once(Trial<T> trial, List<Contestant<T>> contestants) throws Exception {
        compare(1, trial, contestants);
    }

    private <T> void compare(int times, Trial<T> trial, List<Contestant<T>> contestants) throws Exception {
        var measured = contestants.stream()
                .map(contestant -> new ArrayList<double[]>())
                .toList();
        for (int round = 1; round <= times; round++) {
            for (int i = 0; i < contestants.size(); i++) {
                var values = trial.measure(contestants.get(i).way());
                measured.get(i).add(values);
                print(round, trial, contestants.get(i), values);
            }
        }
        for (int quantity = 0; quantity < trial.quantities().size(); quantity++) {
            for (int i = 0; i < contestants.size(); i++) {
                int index = quantity;
                figures.add(new Figure(
                        trial.quantities().get(quantity),
                        contestants.get(i).name(),
                        measured.get(i).stream().map(values -> values[index]).toList()));
            }
        }
    }

    private <T> void print(int round, Trial<T> trial, Contestant<T> contestant, double[] values) {
        for (int i = 0; i < values.length; i++) {
            var quantity = trial.quantities().get(i);
            out.printf(
                    "%-32s round %d  %-34s %,.2f %s%n",
                    quantity.name(), round, contestant.name(), values[i], quantity.unit());
        }
    }

    public Report report() {
        return new Report(figures, goals, notes);
    }
}
