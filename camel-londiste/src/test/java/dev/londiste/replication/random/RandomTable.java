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
    private final boolean unique;
    private final String filter;
    private final String masked;

    RandomTable(String name, Random random) {
        this.name = name;
        int keys = 1 + random.nextInt(2);
        for (int i = 0; i < keys; i++) {
            key.add(new Column(NAMES.get(i) + i, random.nextBoolean() ? RandomType.INT : RandomType.anyKey(random)));
        }
        others.add(new Column("n", RandomType.INT));
        for (int i = random.nextInt(5); i > 0; i--) {
            others.add(new Column(NAMES.get(2 + i) + i, RandomType.any(random)));
        }
        this.partitioned = random.nextInt(4) == 0;
        this.plainOnSubscriber = random.nextBoolean();
        this.unique = !partitioned && random.nextInt(4) == 0;
        this.filter = random.nextInt(3) == 0 ? "n % 2 = 0 or " + key.get(0).quoted() + " is null" : null;
        this.masked = random.nextInt(3) == 0 ? "n" : null;
    }

    String name() {
        return name;
    }

    AttributeChanges attributes() {
        return new AttributeChanges(filter, null, masked == null ? null : Map.of(masked, mask()), null, null);
    }

    private static String mask() {
        return "n * 2 + 1";
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
                        .map(column -> column.quoted() + " " + column.type().sql() + ", ")
                        .collect(Collectors.joining())
                + (unique ? "constraint u_" + name + " unique (n), " : "") + "primary key (" + names(key) + "))";
        return parts ? table + " partition by hash (" + key.get(0).quoted() + ");" + part(0) + part(1) : table;
    }

    private String part(int remainder) {
        return "create table $s." + name + "_" + remainder + " partition of $s." + name
                + " for values with (modulus 2, remainder " + remainder + ");";
    }

    /** A script that gives it another column. */
    String grow(int number, Random random) {
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
        return "select row(" + columns + ")::text from $s." + name
                + (provider && filter != null ? " where " + filter : "") + " order by 1";
    }

    String statement(Random random) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> insert(random);
            case 3 -> IntStream.range(0, 30).mapToObj(i -> insert(random)).collect(Collectors.joining("; "));
            case 4, 5 -> "update $s." + name + " set " + assignment(anyOf(others, random), random) + where(random);
            case 6 -> "update $s." + name + " set n = n + 1 where n < " + random.nextInt(25);
            case 7, 8 -> "update $s." + name + " set " + assignment(anyOf(key, random), random) + where(random);
            case 9, 10 -> "delete from $s." + name + where(random);
            default -> random.nextInt(6) == 0 ? "truncate $s." + name : "delete from $s." + name + " where n is null";
        };
    }

    private String insert(Random random) {
        var columns = Stream.concat(key.stream(), others.stream()).toList();
        var values = Stream.concat(
                        key.stream().map(column -> column.type().literal(random)),
                        others.stream().map(column -> column.type().nullable(random)))
                .collect(Collectors.joining(", "));
        return "insert into $s." + name + " (" + names(columns) + ") values (" + values + ")"
                + (random.nextBoolean() ? " on conflict do nothing" : "");
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
        return ddl(true) + " filter " + filter + " masked " + masked;
    }
}
