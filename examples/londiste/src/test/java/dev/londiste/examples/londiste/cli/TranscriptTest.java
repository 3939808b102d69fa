package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TranscriptTest {

    private static final String COMMITTED = """
            $ londiste conf.ini subscriber tables
            table_name     state  rows_copied  tick_id
            -------------  -----  -----------  -------
            public.table1  ok            1000        9
            $ londiste -d conf.ini replay
            The replay has started, pid 3744
            """;

    @Test
    void numbersWidthsAndProgressDifferFromRunToRun() {
        assertThat(Transcript.comparable("""
                        $ londiste conf.ini subscriber tables
                        table_name     state  tick_id
                        -------------  -----  -------
                        public.table1  ok      123456
                        $ londiste -d conf.ini replay
                        The replay has started, pid 7
                        """)).isEqualTo(Transcript.comparable(COMMITTED));
    }

    @Test
    void otherWordsColumnsAndRowsAreDifferences() {
        var committed = Transcript.comparable(COMMITTED);

        assertThat(Transcript.comparable(COMMITTED.replace("ok ", "NEW"))).isNotEqualTo(committed);
        assertThat(Transcript.comparable(COMMITTED.replace("tick_id", "tick_no")))
                .isNotEqualTo(committed);
        assertThat(Transcript.comparable(COMMITTED.replace("has started", "has begun")))
                .isNotEqualTo(committed);
        assertThat(Transcript.comparable(COMMITTED.replaceFirst("public.table1.*\n", "")))
                .isNotEqualTo(committed);
    }
}
