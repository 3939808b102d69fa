package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayedTablesTest {

    @Test
    void C25_snapshotIsForgottenWhenAReplayedTickIncludesIt() {
        var tables = new ReplayedTables(List.of(table("ok", "100:110:105", null)));
        assertThat(tables.outgrown(tick("90:100:"))).isEmpty();
        assertThat(tables.outgrown(tick("100:112:103")))
                .as("103 is in the table's content and will only be replayed later")
                .isEmpty();
        assertThat(tables.outgrown(tick("105:112:105"))).hasSize(1);
        assertThat(tables.outgrown(tick("112:112:"))).hasSize(1);
    }

    @Test
    void eventsThatTheCopyHasBroughtAreSkipped() {
        var tables = new ReplayedTables(List.of(table("ok", "100:110:105", null)));
        assertThat(tables.of(event(99))).isNull();
        assertThat(tables.of(event(104))).isNull();
        assertThat(tables.of(event(105))).isNotNull();
        assertThat(tables.of(event(110))).isNotNull();
    }

    @Test
    void onlyTablesThatAreOkAndNotParkedAreReplayed() {
        assertThat(new ReplayedTables(List.of(table(null, null, null))).of(event(1)))
                .isNull();
        assertThat(new ReplayedTables(List.of(table("wanna-sync:7", "1:2:", null))).of(event(5)))
                .isNull();
        assertThat(new ReplayedTables(List.of(table("ok", null, "drifted"))).of(event(1)))
                .isNull();
        assertThat(new ReplayedTables(List.of(table("ok", null, null))).of(event(1)))
                .isNotNull();
        assertThat(new ReplayedTables(List.of()).of(event(1))).isNull();
    }

    private static SubscriberTable table(String state, String snapshot, String parked) {
        return new SubscriberTable(
                1,
                "public.t",
                "public.t",
                TableState.parse(state),
                snapshot == null ? null : TxidSnapshot.parse(snapshot),
                1,
                false,
                parked);
    }

    private static Tick tick(String snapshot) {
        return new Tick(1, Instant.EPOCH, TxidSnapshot.parse(snapshot));
    }

    private static Event event(long txid) {
        return new Event(1, Instant.EPOCH, txid, 0, "I:id", "{}", "public.t", null, null, null);
    }
}
