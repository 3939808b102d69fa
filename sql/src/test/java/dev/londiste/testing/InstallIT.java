package dev.londiste.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InstallIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    @Test
    void installsBoth() {
        assertThat(database.<Integer>value("select 1")).isEqualTo(1);
    }
}
