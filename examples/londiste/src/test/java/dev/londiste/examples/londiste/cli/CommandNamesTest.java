package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CommandNamesTest {

    private final CommandNames names = CommandNames.of(Londiste.describe());

    @Test
    void operationsAreFoundByTheirNames() {
        assertThat(Stream.of(LondisteOperation.values())
                        .filter(operation -> names.of(operation.name()).isEmpty()))
                .containsExactly(
                        LondisteOperation.APPLY,
                        LondisteOperation.SUBSCRIBER_REWIND,
                        LondisteOperation.SUBSCRIBER_RESET,
                        LondisteOperation.FAILED_EVENTS);
    }

    @Test
    void sentencesNameCommands() {
        assertThat(names.in("add it with PROVIDER_ADD first; with force it goes on"))
                .isEqualTo("add it with 'provider add' first; with --force it goes on");
        assertThat(names.in("WAIT_SYNC, RETRY_FAILED, DETACH_PARTITION and PROVIDER_ADD_SEQ"))
                .isEqualTo("'wait-sync', 'failed retry', 'partition detach' and 'provider add-seq'");
        assertThat(CommandNames.of(Pgqadm.describe()).in("use operation INSTALL, not INSTALL or operation NOTHING"))
                .isEqualTo("use 'install', not INSTALL or operation NOTHING");
    }

    @Test
    void whatIsNoOperationStaysAsItIs() {
        var sentence = "Table A_B: reinforce FAILED_QUEUE, SUBSCRIBER_NOTHING $1";
        assertThat(names.in(sentence)).isEqualTo(sentence);
    }

    @Test
    void onlySomeColumnsAreSentences() {
        var row = Map.<String, Object>of("table_name", "PROVIDER_ADD", "remedy", "PROVIDER_ADD");
        assertThat(names.in(List.of(row), "detail", "remedy"))
                .containsExactly(Map.of("table_name", "PROVIDER_ADD", "remedy", "'provider add'"));
    }
}
