package io.harmonylite.snapshot.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the shared cache; missing syncs cannot be observed here. */
class PrivateTargetTest {

    @TempDir
    Path directory;

    private final SqliteConnector connector = new SqliteConnector(
            connection -> Sql.execute(connection, "PRAGMA journal_mode = WAL"), Duration.ofSeconds(5));

    @Test
    void create_connectionsToUri_shareOneCache() throws SQLException {
        Path file = directory.resolve("a copy? #1 100%41.db");
        try (PrivateTarget target = PrivateTarget.create(file, connector);
                Connection writer = open(target);
                Connection reader = open(target);
                Statement write = writer.createStatement();
                Statement read = reader.createStatement()) {
            write.execute("CREATE TABLE item (n INT)");
            write.execute("BEGIN");
            write.execute("INSERT INTO item VALUES (7)");
            read.execute("PRAGMA read_uncommitted = ON");
            assertThat(read.executeQuery("SELECT n FROM item").getInt(1))
                    .as("only a shared cache shows uncommitted rows")
                    .isEqualTo(7);
            write.execute("ROLLBACK");
        }
        assertThat(file).exists();
        assertThat(directory).isDirectoryNotContaining(any -> !any.equals(file));
    }

    private static Connection open(PrivateTarget target) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + target.uri());
    }

    @Test
    void create_directoryMissing_namesFile() {
        Path file = directory.resolve("missing").resolve("copy.db");
        assertThatThrownBy(() -> PrivateTarget.create(file, connector).close())
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining(file.toString());
    }
}
