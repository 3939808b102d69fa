package dev.londiste.examples.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

    @Test
    void pairsAndUrisOfLibpqNameTheSameDatabase() {
        for (var text : new String[] {
            "dbname=shop host=db.example port=6000 user=londiste password='it''s'".replace("''", "\\'"),
            "postgresql://londiste:it%27s@db.example:6000/shop"
        }) {
            var database = Database.of(text, Map.of());

            assertThat(database.url()).isEqualTo("jdbc:postgresql://db.example:6000/shop");
            assertThat(database.properties()).containsEntry("user", "londiste").containsEntry("password", "it's");
        }
    }

    @Test
    void theEnvironmentFillsInWhatIsNotGiven() {
        var database = Database.of(
                "port=6000 connect_timeout=3 application_name=mine",
                Map.of("PGHOST", "db.example", "PGPORT", "1", "PGUSER", "u", "PGPASSWORD", "secret"));

        assertThat(database.url()).isEqualTo("jdbc:postgresql://db.example:6000/u");
        assertThat(database.properties())
                .containsEntry("user", "u")
                .containsEntry("password", "secret")
                .containsEntry("connectTimeout", "3")
                .containsEntry("ApplicationName", "mine");
    }

    @Test
    void severalHostsMayHaveSeveralPorts() {
        var database = Database.of("postgresql://a:1,b:2/shop?target_session_attrs=read-write&user=u", Map.of());

        assertThat(database.url()).isEqualTo("jdbc:postgresql://a:1,b:2/shop");
        assertThat(database.properties()).containsEntry("targetServerType", "primary");
        assertThatThrownBy(() ->
                        Database.of("host=a,b,c port=1,2 user=u", Map.of()).url())
                .hasMessage("the connection string has 3 hosts, but 2 ports: name one for each, or one for all");
    }

    @Test
    void aServiceIsLeftToTheDriver() {
        var database = Database.of("service=shop", Map.of("PGUSER", "not this one"));

        assertThat(database.url()).isEqualTo("jdbc:postgresql://?service=shop");
        assertThat(database.properties()).doesNotContainKeys("service", "user");
    }

    @Test
    void aFolderAsHostIsASocket(@TempDir Path folder) throws Exception {
        var missing = Database.of("host=" + folder + " dbname=shop user=u", Map.of());

        assertThatThrownBy(missing::properties)
                .hasMessage("no server listens on the socket " + folder.resolve(".s.PGSQL.5432")
                        + ": name the folder of its socket as host, or its host name");

        var socket = Files.createFile(folder.resolve(".s.PGSQL.6000"));
        var database = Database.of("host=" + folder + " port=6000 dbname=shop user=u", Map.of());
        assertThat(database.url()).isEqualTo("jdbc:postgresql://localhost/shop");
        assertThat(database.properties()).containsEntry("socketFactoryArg", socket.toString());
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> Database.of("dbname=shop nonsense=1", Map.of()))
                .hasMessage("the connection string has a key that is not known: nonsense");
        assertThatThrownBy(() -> Database.of("dbname=shop user", Map.of()))
                .hasMessage("a connection string is made of key=value pairs, values with blanks in single quotes;"
                        + " it cannot be read from its character 12 on");
        assertThatThrownBy(
                        () -> Database.of("target_session_attrs=some", Map.of()).properties())
                .hasMessage("target_session_attrs has no value some; it has any, prefer-standby, primary, read-only,"
                        + " read-write, standby");
    }
}
