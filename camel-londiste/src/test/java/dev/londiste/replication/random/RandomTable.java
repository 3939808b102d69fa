package dev.londiste.replication.random;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.admin.AttributeChanges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A random table, what is replicated of it, and random statements on it. Not thread-safe. */
final class RandomTable {

    /** Names that need quotes, on purpose. */
    private static final List<String> NAMES = List.of("id", "Key", "order", "a b", "v\"w", "user", "x", "É", "select");

    private static final List<String> ACTIONS = List.of(
            "",
            " on delete cascade",
            " on delete cascade on update cascade",
            " on delete set null on update cascade",
            " on update cascade deferrable initially deferred");

    private record Column(String name, RandomType type) {
        String quoted() {
            return Identifiers.quote(name);
        }
    }

    private final String name;
    private final List<Column> key = new ArrayList<>();
    private final List<Column> others = new ArrayList<>();
    private final boolean partitioned;
    private final boolean plainOnSubscriber;
    private final String unique;
    private final String filter;
    private final String masked;
    private final RandomTable parent;
    private final String action;
    private final RandomShape shape;

    /** {@code before} is a table that this one may reference, or null. */
    RandomTable(String name, Random random, RandomTable before) {
        this.name = name;
        int keys = 1 + random.nextInt(2);
        for (int i = 0; i < keys; i++) {
            key.add(new Column(NAMES.get(i) + i, random.nextBoolean() ? RandomType.INT : RandomType.anyKey(random)));
        }
        others.add(new Column("n", RandomType.INT));
        for (int i = random.nextInt(5); i > 0; i--) {
            others.add(new Column(NAMES.get(2 + i) + i, RandomType.any(random)));
        }
        this.parent = before != null && before.mayBeReferenced() && random.nextInt(2) == 0 ? before : null;
        this.action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        if (parent != null) {
            others.add(new Column("parent", parent.key.get(0).type()));
        }
        this.partitioned = random.nextInt(4) == 0 && key.get(0).type().hasHash();
        this.plainOnSubscriber = random.nextBoolean();
        this.unique = partitioned || random.nextInt(3) > 0
                ? null
                : List.of("", " deferrable", " deferrable initially deferred").get(random.nextInt(3));
        this.filter = random.nextInt(3) == 0 ? "n % 2 = 0 or " + key.get(0).quoted() + " is null" : null;
        this.masked = random.nextInt(3) == 0 ? "n" : null;
        this.shape = RandomShape.of(random, partitioned);
    }

    private boolean mayBeReferenced() {
        return key.size() == 1 && filter == null;
    }

    String name() {
        return name;
    }

    boolean hasParent() {
        return parent != null;
    }

    /**
     * Whether a writer with session_replication_role=replica leaves it consistent: neither foreign keys nor deferrable
     * unique constraints are checked then.
     */
    boolean mayBeWrittenAsReplica() {
        return parent == null && (unique == null || unique.isEmpty());
    }

    AttributeChanges attributes() {
        return new AttributeChanges(filter, null, masked == null ? null : Map.of(masked, mask()), null, null);
    }

    private static String mask() {
        return "n * 2 + 1";
    }

    /** How it is captured; {@code referenced}: a foreign key is of it. */
    String addToProvider(Random random, boolean referenced) {
        boolean statement = !partitioned && !shape.again() && !referenced && filter == null && random.nextInt(4) == 0;
        return "select londiste.provider_add_table(?, ?, null, "
                + (statement ? "'statement', false" : "'row', " + shape.backup()) + ")";
    }

    /** On the provider, or on the subscriber, where the columns are in another order. */
    String ddl(boolean provider) {
        var columns =
                new ArrayList<>(Stream.concat(key.stream(), others.stream()).toList());
        if (!provider) {
            Collections.reverse(columns);
        }
        boolean parts = partitioned && (provider || !plainOnSubscriber);
        var table = "create table $s." + name + " ("
                + columns.stream()
                        .map(column -> column.quoted() + " " + column.type().sql()
                                + (column.name().equals("parent") ? " references $s." + parent.name + action : "")
                                + ", ")
                        .collect(Collectors.joining())
                + shape.columns(provider)
                + (unique != null ? "constraint u_" + name + " unique (n)" + unique + ", " : "") + "primary key ("
                + names(key) + "))"
                + (parts ? " partition by hash (" + key.get(0).quoted() + ");" + part(0) + part(1) : "")
                + shape.after(name, provider);
        return provider && shape.again() ? table + again() : table;
    }

    private String part(int remainder) {
        return "create table $s." + name + "_" + remainder + " partition of $s." + name
                + " for values with (modulus 2, remainder " + remainder + ");";
    }

    /** A trigger of the user that changes or removes the row that was just written. */
    private String again() {
        var same = key.stream()
                .map(column -> column.quoted() + " = new." + column.quoted())
                .collect(Collectors.joining(" and "));
        return """
                ; create function $s.again_%1$s() returns trigger language plpgsql as $f$ begin
                    if pg_trigger_depth() > 1 then return null; end if;
                    if new.n %% 7 = 6 then delete from $s.%1$s where %2$s;
                    elsif new.n %% 3 = 1 then update $s.%1$s set n = new.n + 1 where %2$s; end if;
                    return null;
                end $f$;
                create trigger again after insert or update on $s.%1$s for each row execute function $s.again_%1$s()
                """.formatted(name, same);
    }

    /** A script that changes its columns. */
    String change(int number, Random random) {
        int last = others.size() - 1;
        boolean mayGo = last > 0 && !others.get(last).name().equals("parent");
        if (mayGo && random.nextInt(3) == 0) {
            return "alter table $s." + name + " drop " + others.remove(last).quoted();
        }
        if (mayGo && random.nextInt(3) == 0) {
            var old = others.remove(last);
            var renamed = new Column("renamed" + number, old.type());
            others.add(renamed);
            return "alter table $s." + name + " rename " + old.quoted() + " to " + renamed.quoted();
        }
        return grow(number, random);
    }

    private String grow(int number, Random random) {
        var column = new Column("more" + number, RandomType.any(random));
        others.add(column);
        return "alter table $s." + name + " add " + column.quoted() + " "
                + column.type().sql()
                + (random.nextBoolean() ? " default " + column.type().literal(random) : "");
    }

    /** What the subscriber is to have, or has. */
    String query(boolean provider) {
        var columns = Stream.concat(key.stream(), others.stream())
                .map(column -> provider && column.name().equals(masked)
                        ? "(" + mask() + ")::text"
                        : column.quoted() + "::text")
                .collect(Collectors.joining(", "));
        return "select row(" + columns + shape.compared(masked != null) + ")::text as row from $s." + name
                + (provider && filter != null ? " where " + filter : "") + " order by 1";
    }

    String statement(Random random) {
        return switch (random.nextInt(17)) {
            case 0, 1, 2 -> insert(random, random.nextBoolean() ? " on conflict do nothing" : "");
            case 3 ->
                IntStream.range(0, 30)
                        .mapToObj(i -> insert(random, " on conflict do nothing"))
                        .collect(Collectors.joining("; "));
            case 4, 5 -> "update $s." + name + " set " + assignment(anyOf(others, random), random) + where(random);
            case 6 -> "update $s." + name + " set n = n + 1 where n < " + random.nextInt(25);
            case 7, 8 -> "update $s." + name + " set " + assignment(anyOf(key, random), random) + where(random);
            case 9, 10 -> "delete from $s." + name + where(random);
            case 11 -> upsert(random);
            case 12 -> swap(random.nextInt(25), random.nextInt(25));
            case 13 -> many(random);
            case 14 -> "delete from $s." + name + where(random) + "; " + insert(random, " on conflict do nothing");
            case 15 ->
                "update $s." + name + " set " + assignment(anyOf(key, random), random) + ", "
                        + assignment(anyOf(others, random), random) + where(random);
            default ->
                random.nextInt(6) == 0
                        ? "truncate $s." + name + (random.nextBoolean() ? " cascade" : "")
                        : "delete from $s." + name + " where n is null";
        };
    }

    private String upsert(Random random) {
        if (unique != null && !unique.isEmpty()) {
            return insert(random, "");
        }
        return insert(
                random, " on conflict (" + names(key) + ") do update set " + assignment(anyOf(others, random), random));
    }

    private String swap(int a, int b) {
        return "update $s.%s set n = case n when %d then %d else %d end where n in (%d, %d)"
                .formatted(name, a, b, a, a, b);
    }

    /** So many that they are copied. */
    private String many(Random random) {
        if (key.get(0).type() != RandomType.INT) {
            return insert(random, "");
        }
        var columns = Stream.concat(
                        key.stream(),
                        others.stream().filter(column -> !column.name().equals("n")))
                .toList();
        var values = columns.stream()
                .skip(1)
                .map(column ->
                        column.name().equals("parent") ? "null" : column.type().literal(random));
        return "insert into $s." + name + " (" + names(columns) + ") select "
                + Stream.concat(Stream.of("i"), values).collect(Collectors.joining(", ")) + " from generate_series("
                + (50 + random.nextInt(50)) + ", " + (100 + random.nextInt(190)) + ") i on conflict do nothing";
    }

    private String insert(Random random, String conflict) {
        var columns = Stream.concat(key.stream(), others.stream()).toList();
        var values = Stream.concat(
                        key.stream().map(column -> column.type().literal(random)),
                        others.stream().map(column -> column.type().nullable(random)))
                .collect(Collectors.joining(", "));
        return "insert into $s." + name + " (" + names(columns) + ") values (" + values + ")" + conflict;
    }

    private String assignment(Column column, Random random) {
        var value = key.contains(column)
                ? column.type().literal(random)
                : column.type().nullable(random);
        return column.quoted() + " = " + value;
    }

    private String where(Random random) {
        var column = anyOf(key, random);
        return " where " + column.quoted() + " = " + column.type().literal(random);
    }

    private static Column anyOf(List<Column> columns, Random random) {
        return columns.get(random.nextInt(columns.size()));
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }

    /** For the message of a failure. */
    @Override
    public String toString() {
        return ddl(true) + " / " + ddl(false) + " filter " + filter + " masked " + masked;
    }
}
