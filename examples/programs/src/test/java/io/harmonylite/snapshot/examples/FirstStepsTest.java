package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStepsTest {

    @TempDir
    Path directory;

    @Test
    void restore_lostDatabase_isIdentical() throws Exception {
        Path database = directory.resolve("orders.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (what)");
            statement.execute("INSERT INTO orders VALUES ('tea'), (x'00ff'), (NULL)");
        }
        DatabaseContents before = DatabaseContents.read(database);
        assertThat(FirstSteps.backUp(database, directory.resolve("backup")).name())
                .isEqualTo("orders");
        Files.delete(database);
        FirstSteps.restore(database, directory.resolve("backup"));
        assertThat(DatabaseContents.read(database)).isEqualTo(before);
        assertThat(before.rows())
                .hasEntrySatisfying(
                        "orders", rows -> assertThat(rows).containsExactly("1, 'tea'", "2, x'00ff'", "3, null"));
    }
}
