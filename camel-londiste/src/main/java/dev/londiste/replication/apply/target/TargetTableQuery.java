package dev.londiste.replication.apply.target;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.ApplyTarget;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads target tables from the subscriber's catalog: one query for any number of them. */
public final class TargetTableQuery {

    private static final String TABLES = """
            with recursive wanted as (
                select w.source, c.oid, c.relkind
                from unnest(?::text[], ?::text[], ?::text[]) w(source, nsp, rel)
                join pg_catalog.pg_namespace n on n.nspname = w.nsp
                join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.rel and c.relkind in ('r', 'p')
            ), part as (
                select w.oid as root, coalesce(p.relid::oid, w.oid) as oid
                from wanted w left join lateral pg_catalog.pg_partition_tree(w.oid) p on w.relkind = 'p'
            ), fired as (
                select p.root,
                    bool_or(g.user_made and g.tgenabled in ('O', 'A')) as as_origin,
                    bool_or(g.user_made and g.tgenabled in ('R', 'A')) as as_replica,
                    bool_or(g.tgdeferrable) as deferrable,
                    bool_or(g.tgdeferrable and g.contype in ('p', 'u', 'x')) as deferrable_unique
                from part p
                join lateral (
                    -- capture triggers of our own may see net changes: what they capture stays true
                    select t.tgenabled, t.tgdeferrable, k.contype,
                        not t.tgisinternal and fn.nspname not in ('pgq', 'pgq_client', 'londiste')
                            and not starts_with(t.tgname::text, '!londiste_') as user_made
                    from pg_catalog.pg_trigger t
                    join pg_catalog.pg_proc f on f.oid = t.tgfoid
                    join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
                    left join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
                    where t.tgrelid = p.oid and t.tgenabled <> 'D'
                ) g on true
                group by p.root
            ), base as (
                select a.attrelid, a.attnum, a.atttypid as typid
                from wanted w
                join pg_catalog.pg_attribute a on a.attrelid = w.oid and a.attnum > 0 and not a.attisdropped
              union all
                select b.attrelid, b.attnum, t.typbasetype
                from base b join pg_catalog.pg_type t on t.oid = b.typid and t.typtype = 'd'
            )
            select w.source, w.oid::int8 as oid, w.relkind = 'p' as partitioned,
                g.root is not null as fires, coalesce(g.as_origin, false) as as_origin,
                coalesce(g.as_replica, false) as as_replica,
                coalesce(g.deferrable, false) as deferrable,
                coalesce(g.deferrable_unique, false) as deferrable_unique,
                exists (select 1 from part p join pg_catalog.pg_rewrite r on r.ev_class = p.oid
                    where p.root = w.oid and r.ev_enabled <> 'D') as has_rules,
                exists (select 1 from pg_catalog.pg_constraint k
                    where k.confrelid = w.oid and k.contype = 'f') as referenced,
                array (select k.confrelid::int8 from pg_catalog.pg_constraint k
                    where k.conrelid = w.oid and k.contype = 'f' and k.confrelid <> w.oid) as parents,
                a.attname, a.attgenerated <> '' as generated, a.attidentity = 'a' as identity_always,
                tn.nspname as type_schema, t.typname as type_name,
                an.nspname as array_schema, e.typname as array_name,
                -- unnest takes arrays apart to the last dimension, and composites as well
                t.typcategory <> 'A' and t.typtype <> 'c' and t.typdelim = ',' and e.oid is not null as unnests,
                case when not coalesce(co.collisdeterministic, true) then 'UNKNOWN'
                    when t.typtype = 'e' then 'AS_IT_IS'
                    when tn.nspname <> 'pg_catalog' then 'UNKNOWN'
                    when t.typname in ('bool', 'int2', 'int4', 'int8', 'oid', 'text', 'varchar', 'name', 'uuid', 'date',
                        'time', 'timestamp', 'timestamptz', 'bytea', 'inet', 'cidr', 'macaddr', 'macaddr8') then 'AS_IT_IS'
                    when t.typname = 'numeric' then 'NUMERIC'
                    when t.typname = 'bpchar' then 'BLANK_PADDED'
                    else 'UNKNOWN' end as key_text,
                coalesce((select opn.nspname from pg_catalog.pg_operator o
                    join pg_catalog.pg_namespace opn on opn.oid = o.oprnamespace
                    where o.oprname = '=' and o.oprleft = t.oid and o.oprright = t.oid limit 1),
                    'pg_catalog') as equals_schema
            from wanted w
            left join fired g on g.root = w.oid
            join base b on b.attrelid = w.oid
            join pg_catalog.pg_type t on t.oid = b.typid and t.typtype <> 'd'
            join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
            left join pg_catalog.pg_type e on e.oid = t.typarray
            left join pg_catalog.pg_namespace an on an.oid = e.typnamespace
            join pg_catalog.pg_attribute a on a.attrelid = b.attrelid and a.attnum = b.attnum
            left join pg_catalog.pg_collation co on co.oid = a.attcollation
            order by w.source, a.attnum
            """;

    private final Connection connection;

    public TargetTableQuery(Connection connection) {
        this.connection = connection;
    }

    /** The tables that exist, by the name of their source. */
    public Map<String, TargetTable> read(Collection<ApplyTarget> wanted) throws SQLException {
        try (var query = connection.prepareStatement(TABLES)) {
            query.setArray(
                    1, texts(wanted.stream().map(ApplyTarget::sourceTable).toList()));
            query.setArray(2, texts(wanted.stream().map(ApplyTarget::destSchema).toList()));
            query.setArray(3, texts(wanted.stream().map(ApplyTarget::destName).toList()));
            try (var rows = query.executeQuery()) {
                return tables(rows, wanted);
            }
        }
    }

    private java.sql.Array texts(List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private static Map<String, TargetTable> tables(ResultSet rows, Collection<ApplyTarget> wanted) throws SQLException {
        var targets = new HashMap<String, ApplyTarget>();
        wanted.forEach(target -> targets.put(target.sourceTable(), target));
        var tables = new HashMap<String, TargetTable>();
        boolean more = rows.next();
        while (more) {
            var source = rows.getString("source");
            var columns = new LinkedHashMap<String, TargetColumn>();
            var table = table(rows, targets.get(source), columns);
            do {
                var column = column(rows);
                columns.put(column.name(), column);
                more = rows.next();
            } while (more && rows.getString("source").equals(source));
            tables.put(source, table);
        }
        return tables;
    }

    private static TargetTable table(ResultSet row, ApplyTarget target, Map<String, TargetColumn> columns)
            throws SQLException {
        boolean partitioned = row.getBoolean("partitioned");
        var name = Identifiers.qualified(target.destSchema(), target.destName());
        var firing = new TargetTable.Firing(
                row.getBoolean("fires"),
                row.getBoolean("as_origin"),
                row.getBoolean("as_replica"),
                row.getBoolean("has_rules"),
                row.getBoolean("deferrable_unique"));
        return new TargetTable(
                name,
                row.getLong("oid"),
                partitioned ? name : "only " + name,
                partitioned,
                columns,
                parents(row),
                row.getBoolean("referenced"),
                row.getBoolean("deferrable"),
                firing);
    }

    private static Set<Long> parents(ResultSet row) throws SQLException {
        return new HashSet<>(List.of((Long[]) row.getArray("parents").getArray()));
    }

    private static TargetColumn column(ResultSet row) throws SQLException {
        return new TargetColumn(
                row.getString("attname"),
                Identifiers.qualified(row.getString("type_schema"), row.getString("type_name")),
                row.getBoolean("unnests")
                        ? Identifiers.qualified(row.getString("array_schema"), row.getString("array_name"))
                        : null,
                row.getBoolean("generated"),
                row.getBoolean("identity_always"),
                KeyText.valueOf(row.getString("key_text")),
                "operator(" + Identifiers.quote(row.getString("equals_schema")) + ".=)");
    }
}
