package dev.londiste.replication.apply.target;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table of the subscriber with what decides how it may be changed.
 *
 * @param reference quoted name as statements change it: with ONLY unless partitioned, for inheritance children are
 *     tables of their own
 * @param parents tables that its foreign keys reference, itself excepted
 * @param referenced whether foreign keys reference it
 * @param deferrable whether a constraint of it may wait for the end of the transaction
 */
public record TargetTable(
        String name,
        long oid,
        String reference,
        boolean partitioned,
        Map<String, TargetColumn> columns,
        Set<Long> parents,
        boolean referenced,
        boolean deferrable,
        Firing firing) {

    /**
     * What besides us acts on its rows.
     *
     * @param any whether any trigger fires in any role, those of foreign keys among them
     */
    public record Firing(boolean any, boolean asOrigin, boolean asReplica, boolean rules, boolean deferrableUnique) {

        boolean userMade() {
            return asOrigin || asReplica || rules;
        }
    }

    /** Triggers and rules of users see every change, in order; net changes would hide steps from them. */
    public boolean wantsOrder() {
        return firing.userMade();
    }

    /** Whether it makes a difference in which role its rows are changed. */
    public boolean roleMatters() {
        return firing.any() || firing.rules();
    }

    /** User triggers fire as origin; the recheck of a deferrable unique constraint is a trigger that must fire, too. */
    public boolean appliesAsReplica() {
        return !firing.asOrigin() && !firing.rules() && !firing.deferrableUnique();
    }

    /** Without schema and quotes, as messages of the server have it. */
    public String simpleName() {
        var last = name.substring(name.lastIndexOf('.') + 1);
        return last.startsWith("\"") ? last.substring(1, last.length() - 1) : last;
    }

    public List<TargetColumn> columnList() {
        return List.copyOf(columns.values());
    }
}
