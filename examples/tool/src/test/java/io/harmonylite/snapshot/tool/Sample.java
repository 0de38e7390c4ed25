package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.stream.Stream;

/** A small database and a store in one directory. */
record Sample(Path directory) {

    /** Creates the database, in WAL mode. */
    static Sample create(Path directory) throws SQLException {
        Sample sample = new Sample(directory);
        sample.sql(
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)",
                "INSERT INTO orders (what) VALUES ('tea'), ('bread'), ('Zoë''s cake')");
        return sample;
    }

    Path database() {
        return directory.resolve("orders.db");
    }

    Path store() {
        return directory.resolve("backup");
    }

    String storeUri() {
        return "file:" + store();
    }

    /** Returns a command for this database's snapshots. */
    String[] command(String command, String... more) {
        return Tool.with(new String[] {command, "--name", "orders", "--store", storeUri()}, more);
    }

    /** Returns a command that also names the database. */
    String[] onDatabase(String command, String... more) {
        return Tool.with(command(command, "--database", database().toString()), more);
    }

    /** Takes a snapshot that has its own packs and returns its id. */
    String take(String... more) {
        return Tool.run(onDatabase("take", Tool.with(more, "--json", "--full")))
                .json()
                .at("/snapshot/id")
                .asText();
    }

    /** Takes a snapshot on a host whose clock shows a time, and returns its id. */
    String takeAt(Instant time) throws IOException {
        try (SnapshotStore opened = FileSystemSnapshotStore.create(store());
                SnapshotManager manager = SnapshotManager.builder("orders", database(), opened)
                        .clock(() -> time)
                        .build()) {
            return manager.take().id().toString();
        }
    }

    /** Writes a pending change of HarmonyLite: a row, and the change log rows that HarmonyLite's triggers write. */
    void order(String what) throws SQLException {
        sql(
                "CREATE TABLE IF NOT EXISTS __harmonylite___change_log_global (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                        + " change_table_id INTEGER, table_name TEXT)",
                "CREATE TABLE IF NOT EXISTS __harmonylite__orders_change_log (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                        + " val_id INTEGER, val_what TEXT, type TEXT, created_at INTEGER, state INTEGER)",
                "INSERT INTO orders (what) VALUES ('" + what + "')",
                "INSERT INTO __harmonylite__orders_change_log (val_id, val_what, type, created_at, state)"
                        + " SELECT id, what, 'insert', 0, 0 FROM orders WHERE what = '" + what + "'",
                "INSERT INTO __harmonylite___change_log_global (change_table_id, table_name)"
                        + " SELECT max(id), 'orders' FROM __harmonylite__orders_change_log");
    }

    Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database());
    }

    void sql(String... statements) throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Returns the single value of a query on a database. */
    static String value(Path database, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.getString(1);
        }
    }

    /** Deletes the database with its -wal and -shm files. */
    void lose() throws IOException {
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(Path.of(database() + suffix));
        }
    }

    /** Flips one bit in the middle of each object of a kind, {@code manifests} or {@code packs}. */
    void damage(String kind) {
        for (Path object : objects(kind)) {
            damage(object);
        }
    }

    /** Flips one bit in the middle of a file. */
    static void damage(Path object) {
        try {
            byte[] bytes = Files.readAllBytes(object);
            bytes[bytes.length / 2] ^= 1;
            Files.write(object, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the stored objects of a kind. */
    Path[] objects(String kind) {
        try (Stream<Path> files = Files.list(store().resolve("orders").resolve(kind))) {
            return files.sorted().toArray(Path[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
