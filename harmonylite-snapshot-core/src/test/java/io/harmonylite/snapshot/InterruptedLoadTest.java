package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests an interrupt while the driver loads SQLite, which it does once in a process. */
class InterruptedLoadTest {

    /** The driver waits for {@code uname}. If it has ended before, the interrupt is kept by chance: so this one is slow. */
    @Test
    void open_interruptedWhileSqliteIsLoaded_keepsTheInterrupt(@TempDir Path directory) throws Exception {
        Path database = directory.resolve("a.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            connection.createStatement().execute("CREATE TABLE t (id)");
        }
        Path uname = Files.writeString(directory.resolve("uname"), "#!/bin/sh\nsleep 1\necho GNU/Linux\n");
        Files.setPosixFilePermissions(uname, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> slowUname = List.of("env", "PATH=" + directory + ":" + System.getenv("PATH"));
        assertThat(ChildJvm.run(slowUname, Open.class, database).output()).contains("interrupted: true");
    }

    /** Opens a database, interrupted. */
    static final class Open {

        private Open() {}

        public static void main(String[] args) throws Exception {
            Thread.currentThread().interrupt();
            new SqliteConnector(ConnectionCustomizer.none(), Duration.ofSeconds(1))
                    .open(Path.of(args[0]))
                    .close();
            System.out.println("interrupted: " + Thread.interrupted());
        }
    }
}
