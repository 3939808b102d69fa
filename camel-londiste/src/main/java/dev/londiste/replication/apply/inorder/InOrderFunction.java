package dev.londiste.replication.apply.inorder;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.bulk.BinaryType;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.TargetTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The text of a session's own function that applies rows strictly in order: a loop over arrays that lie side by side,
 * with a branch for each statement that occurs. Its name tells its body, so that a function that is there already fits.
 *
 * @param steps the statements; a row names its own by its position here
 * @param slots the arrays, and which values of the steps they hold
 */
record InOrderFunction(List<RowStatement> steps, Slots slots, boolean switchesRole) {

    /** The SQLSTATE of a wrong row count; the message is the count. */
    public static final String ROW_COUNT = "LDR01";
    /** The SQLSTATE of a row that cannot be overwritten: {@link NewRow#isFixed}. */
    public static final String FIXED = "LDR02";
    /** In the hint of an error, before the number of its row. */
    public static final String AT_ROW = "londiste row ";

    private static final String WRONG = "raise exception using errcode = '" + ROW_COUNT + "', message = n::text;";

    private static final String RAISE_FIXED = "raise exception using errcode = '" + FIXED + "';";

    /** Columns may have the names of variables: a conflict's columns are never variables, and none of these is a column. */
    private static final String BODY = """
            #variable_conflict use_column
            declare
                r record;
                nr int8 := 0;
                n int8;
                missing int8 := 0;
                conflicts int8 := 0;
                acting text := current_setting('session_replication_role');
                v_state text;
                v_message text;
                v_constraint text;
                v_table text;
            begin
                for r in select %s loop
                    nr := nr + 1;
            %s
                end loop;
                return array[missing, conflicts];
            exception when others then
                get stacked diagnostics v_state = returned_sqlstate, v_message = message_text,
                    v_constraint = constraint_name, v_table = table_name;
                raise exception using errcode = v_state, message = v_message, hint = '%s' || nr,
                    constraint = v_constraint, table = v_table;
            end
            """;

    public String name() {
        var fingerprint = UUID.nameUUIDFromBytes(body().getBytes(StandardCharsets.UTF_8));
        return "londiste_in_order_" + fingerprint.toString().replace("-", "");
    }

    public String create() {
        // The body goes in as a quoted literal: names of columns may hold any dollar quote.
        return "create function pg_temp." + name() + "(" + parameters("") + ") returns int8[] language plpgsql as "
                + "'" + body().replace("'", "''") + "'";
    }

    public String call() {
        return "select pg_temp." + name() + "(" + parameters("?::") + ")";
    }

    private String parameters(String prefix) {
        return Stream.concat(Stream.of(BinaryType.INT4), slots.types().stream())
                .map(type -> prefix + type.sqlName() + "[]")
                .collect(Collectors.joining(", "));
    }

    private String body() {
        // In a select list arrays are taken apart side by side; in FROM each would first be stored, value by value.
        var values = IntStream.range(0, slots.count())
                .mapToObj(i -> ", unnest($" + (i + 2) + ") as c" + i)
                .collect(Collectors.joining("", "unnest($1) as step", ""));
        return BODY.formatted(values, branches(0, steps.size()), AT_ROW);
    }

    /** Halves the steps at each level: a chunk of many tables has many of them. */
    private String branches(int from, int to) {
        if (to - from == 1) {
            return step(from);
        }
        int middle = (from + to) >>> 1;
        return "if r.step < " + middle + " then\n" + branches(from, middle) + "\nelse\n" + branches(middle, to)
                + "\nend if;";
    }

    private String step(int number) {
        var step = steps.get(number);
        var sql = new StringBuilder();
        if (switchesRole) {
            sql.append(role(step.mapping().table()));
        }
        sql.append(step.sql(new Values(number))).append(";\n");
        if (step.mapping().table().firing().rules()) {
            return sql.toString();
        }
        return sql.append("get diagnostics n = row_count;\n")
                .append(check(number))
                .toString();
    }

    private static String role(TargetTable table) {
        var wanted = table.appliesAsReplica() ? "replica" : "origin";
        return "if acting <> '" + wanted + "' then acting := set_config('session_replication_role', '" + wanted
                + "', true); end if;\n";
    }

    private String check(int number) {
        var step = steps.get(number);
        if (step.operation() == Change.Operation.DELETE) {
            return "if n = 0 then missing := missing + 1; elsif n <> 1 then " + WRONG + " end if;";
        }
        var after = new NewRow(step.mapping());
        var unless = new StringBuilder("if n > 1 then " + WRONG);
        if (!step.newKeys().isEmpty()) {
            // C29: an ON UPDATE action of the subscriber may have changed the key already.
            unless.append(" elsif n = 0 and (")
                    .append(after.isThere(valuesOf(number)))
                    .append(") then null;");
        }
        return unless.append(" elsif n = 0 then ")
                .append(conflict(number, after))
                .append(" end if;")
                .toString();
    }

    private String conflict(int number, NewRow after) {
        var step = steps.get(number);
        var policy = step.mapping().onConflict();
        if (policy == OnConflict.STOP) {
            return WRONG;
        }
        var counted = "conflicts := conflicts + 1; ";
        if (policy == OnConflict.SKIP) {
            return counted;
        }
        var fixed = after.isFixed(valuesOf(number));
        var overwrite = after.overwrite(valuesOf(number));
        var update = (fixed == null ? "" : "if (" + fixed + ") then " + RAISE_FIXED + " end if; ")
                + (overwrite == null ? "" : overwrite + "; ");
        return step.operation() == Change.Operation.INSERT
                ? counted + update
                : counted + after.insert(valuesOf(number)) + "; if not found then " + update + "null; end if;";
    }

    private Function<Mapped, String> valuesOf(int number) {
        var step = steps.get(number);
        return mapped ->
                slots.sql(number, step.position(mapped), mapped.column().type());
    }

    /** The values of a step, in turn. */
    private final class Values implements UnaryOperator<String> {
        private final int number;
        private int next;

        Values(int number) {
            this.number = number;
        }

        @Override
        public String apply(String type) {
            return slots.sql(number, next++, type);
        }
    }
}
