package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JsonRows;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.TableStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Examines everything that a job rests on: installation, ticks, rotation, capture, tables, rights, pools. A row for each
 * thing that is wrong, with what to do; none when all is well. Thread-safe; it changes nothing.
 */
public final class JobCheck {

    private static final String QUEUE_PROBLEMS = """
            select table_name, problem, detail, remedy from londiste.queue_problems(?, ?)
            """;

    private static final String PROVIDER_PROBLEMS = """
            select table_name, problem, detail, londiste.remedy(problem) as remedy from londiste.provider_problems(?)
            """;

    private static final String RIGHT_PROBLEMS = """
            select table_name, problem, detail, remedy from londiste.right_problems(?)
            """;

    private static final String SUBSCRIBER_PROBLEMS = """
            select table_name, problem, detail, remedy from londiste.subscriber_problems(?)
            """;

    private final Job job;
    private final BothSides sides;
    private final int connections;

    /** @param connections how many connections at once each pool must give; 0 when that was found out already */
    public JobCheck(Job job, int connections) {
        this.job = job;
        this.sides = new BothSides(job);
        this.connections = connections;
    }

    public List<Map<String, Object>> run() {
        var problems = new ArrayList<Map<String, Object>>();
        for (var side : List.of(sides.provider(), sides.subscriber())) {
            new VersionCheck(side).run(problems);
        }
        // Functions of ours may be missing: that is the problem then, and the rest cannot be asked.
        if (problems.stream().noneMatch(problem -> "not installed".equals(problem.get("problem")))) {
            sides.read((provider, subscriber) -> {
                databases(provider, subscriber, problems);
                return null;
            });
        }
        for (var side : List.of(sides.provider(), sides.subscriber())) {
            new PoolCheck(side, connections).run(problems);
        }
        return problems;
    }

    private void databases(JdbcSession provider, JdbcSession subscriber, List<Map<String, Object>> problems) {
        provider.query(QUEUE_PROBLEMS, JsonRows::read, job.queue(), job.consumer())
                .forEach(row -> problems.add(problem("provider", row)));
        provider.query(RIGHT_PROBLEMS, JsonRows::read, job.queue())
                .forEach(row -> problems.add(problem("provider", row)));
        provider.query(PROVIDER_PROBLEMS, JsonRows::read, job.queue())
                .forEach(row -> problems.add(problem("provider", row)));
        subscriber
                .query(SUBSCRIBER_PROBLEMS, JsonRows::read, job.queue())
                .forEach(row -> problems.add(problem("subscriber", row)));
        var check = new StructureCheck(job.queue(), provider, subscriber);
        for (var table : new TableStates(job).all(subscriber)) {
            try {
                check.problem(table.name(), table.target(), table.attributes())
                        .ifPresent(detail -> problems.add(structure(table.name(), detail)));
            } catch (PgqException e) {
                problems.add(structure(table.name(), e.getMessage()));
                return;
            }
        }
    }

    private static Map<String, Object> structure(String table, String detail) {
        return problem(
                "subscriber",
                table,
                "structure differs",
                detail,
                "make both sides alike, then SUBSCRIBER_RESYNC if the table is parked");
    }

    private static Map<String, Object> problem(String side, Map<String, Object> row) {
        return problem(side, row.get("table_name"), row.get("problem"), row.get("detail"), row.get("remedy"));
    }

    static Map<String, Object> problem(String side, Object table, Object problem, Object detail, Object remedy) {
        return ResultRow.of("side", side, "table_name", table, "problem", problem, "detail", detail, "remedy", remedy);
    }
}
