package dev.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlVersionTest {

    @Test
    void oursIsWhatTheSqlFilesSay() {
        assertThat(SqlScripts.texts("pgq").get(0)).contains("ours  constant text := '" + SqlVersion.OURS + "'");
    }

    @Test
    void aProgramWorksOnItsOwnThePreviousAndTheNextMinorVersion() {
        var program = SqlVersion.parse("1.4.2");
        assertThat(SqlVersion.parse("1.4.0").isUsedBy(program)).isTrue();
        assertThat(SqlVersion.parse("1.4.9").isUsedBy(program)).isTrue();
        assertThat(SqlVersion.parse("1.3.7").isUsedBy(program)).isTrue();
        assertThat(SqlVersion.parse("1.5.0").isUsedBy(program)).isTrue();
        assertThat(SqlVersion.parse("1.2.9").isUsedBy(program)).isFalse();
        assertThat(SqlVersion.parse("1.6.0").isUsedBy(program)).isFalse();
        assertThat(SqlVersion.parse("0.4.2").isUsedBy(program)).isFalse();
        assertThat(SqlVersion.parse("2.4.2").isUsedBy(program)).isFalse();
    }

    @Test
    void versionsAreOrderedByNumbers() {
        assertThat(SqlVersion.parse("0.10.0")).isGreaterThan(SqlVersion.parse("0.9.11"));
        assertThat(SqlVersion.parse("1.0.0")).isGreaterThan(SqlVersion.parse("0.10.0"));
        assertThatThrownBy(() -> SqlVersion.parse("1.0")).hasMessageContaining("Not a version");
    }
}
