package dev.londiste.examples.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IniFileTest {

    @Test
    void readsTheSampleOfLondiste() {
        var section = IniFile.section("londiste", """
                [londiste]

                # should be unique
                job_name = test_to_subcriber

                # source queue location
                provider_db = dbname=provider port=6000 host=127.0.0.1
                subscriber_db: dbname=subscriber port=6000 host=127.0.0.1

                # it will be used as sql ident so no dots/spaces
                pgq_queue_name = londiste.replika

                logfile = ~/log/%(job_name)s.log ; rotated
                PIDFILE = ~/pid/%(job_name)s.pid
                """.lines().toList());

        assertThat(section)
                .containsEntry("job_name", "test_to_subcriber")
                .containsEntry("provider_db", "dbname=provider port=6000 host=127.0.0.1")
                .containsEntry("subscriber_db", "dbname=subscriber port=6000 host=127.0.0.1")
                .containsEntry("pgq_queue_name", "londiste.replika")
                .containsEntry("logfile", "~/log/test_to_subcriber.log")
                .containsEntry("pidfile", "~/pid/test_to_subcriber.pid");
    }

    @Test
    void continuedLinesBelongToTheirValue() {
        var section = IniFile.section("londiste", """
                [londiste]
                compare_sql = select count(1) as cnt
                    from only _TABLE_
                job_name = j
                """.lines().toList());

        assertThat(section)
                .containsEntry("compare_sql", "select count(1) as cnt\nfrom only _TABLE_")
                .containsEntry("job_name", "j");
    }

    @Test
    void percentIsDoubledAndOtherSectionsDoNotCount() {
        var section = IniFile.section(
                "londiste",
                "[pgqadm]\njob_name = ticker\n[londiste]\na = 100%%\nb = %(a)s"
                        .lines()
                        .toList());

        assertThat(section).containsExactlyInAnyOrderEntriesOf(Map.of("a", "100%", "b", "100%"));
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        assertThatThrownBy(() -> IniFile.section("londiste", List.of("[pgqadm]", "a = 1")))
                .hasMessage("there is no section [londiste], only [pgqadm]");
        assertThatThrownBy(() -> IniFile.section("londiste", List.of("[londiste]", "job_name")))
                .hasMessage("line 2 is neither a [section], nor key = value: job_name");
        assertThatThrownBy(() -> IniFile.section("londiste", List.of("[londiste]", "a = %(b)s")))
                .hasMessage("the value of a refers to %(b)s, which is not set");
        assertThatThrownBy(() -> IniFile.section("londiste", List.of("[londiste]", "a = %(a)s")))
                .hasMessage("the value of a refers to itself");
    }
}
