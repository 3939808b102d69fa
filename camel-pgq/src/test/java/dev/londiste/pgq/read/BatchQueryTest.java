package dev.londiste.pgq.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchQueryTest {

    private static final String COLUMNS =
            "ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4";

    @Test
    void sortsIdsAndPlacesOfAllTablesAndReadsEachEventAtItsPlace() {
        var query = new BatchQuery(
                "select " + COLUMNS + " from pgq.event_1_0 where ev_txid >= 1 union all select " + COLUMNS
                        + " from pgq.event_1_1 where ev_txid >= 2 order by 1",
                7);

        assertThat(query.byPlace())
                .contains("(select ev_id, ctid as place, 0 as nr from pgq.event_1_0 where ev_txid >= 1 union all"
                        + " select ev_id, ctid as place, 1 as nr from pgq.event_1_1 where ev_txid >= 2 order by 1)")
                .contains("from pgq.event_1_0 where k.nr = 0 and ctid = k.place")
                .contains("from pgq.event_1_1 where k.nr = 1 and ctid = k.place")
                .endsWith(" order by 1");
    }

    @Test
    void leavesAQueryOfAnotherFormAsItIs() {
        var grouped = "select " + COLUMNS + " from pgq.event_1_0 group by 1 order by 1";
        var unordered = "select " + COLUMNS + " from pgq.event_1_0 where true";

        assertThat(new BatchQuery(grouped, 7).byPlace()).isEqualTo(grouped);
        assertThat(new BatchQuery(unordered, 7).byPlace()).isEqualTo(unordered);
    }
}
