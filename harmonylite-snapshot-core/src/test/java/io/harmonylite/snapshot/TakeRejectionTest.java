package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A missing, damaged or locked database is rejected with its cause. No database is created and nothing is stored. */
class TakeRejectionTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    @AfterEach
    void assertNothingIsStored() {
        assertThat(store.list("")).isEmpty();
    }

    private void assertRejected(Path database, Class<? extends SnapshotException> type, String... messages) {
        assertThatThrownBy(() -> SnapshotManager.builder("orders", database, store)
                        .busyTimeout(Duration.ofMillis(20))
                        .build()
                        .take())
                .isExactlyInstanceOf(type)
                .hasMessageContainingAll(messages);
    }

    @Test
    void d11_missingDatabase_isNeverCreated() {
        assertRejected(directory.resolve("missing.db"), DatabaseNotFoundException.class, "no database");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void take_missingDirectory_isReported() {
        assertRejected(directory.resolve("no/such/x.db"), SnapshotConfigurationException.class, "does not exist");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void take_directory_isRejected() throws Exception {
        assertRejected(Files.createDirectory(directory.resolve("d.db")), SnapshotConfigurationException.class, "file");
    }

    @Test
    void d11_emptyFile_isRejectedAndStaysEmpty() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.db"));
        assertRejected(empty, DatabaseDamagedException.class, "0 bytes");
        assertThat(empty).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 511, 512, 4096, 100_000})
    void take_randomBytes_areRejected(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Path junk = Files.write(directory.resolve("junk.db"), bytes);
        assertRejected(junk, DatabaseDamagedException.class, "damaged, encrypted or not a SQLite database");
        assertThat(junk).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @CsvSource({"512, 2147483648, pages", "65536, 50331649, bytes"})
    void take_databaseAboveTheLimit_isRejectedBeforeTheCopy(int pageSize, long pages, String messages)
            throws Exception {
        Path database = directory.resolve("huge.db");
        TestDatabase.run(database, "PRAGMA page_size = " + pageSize, "CREATE TABLE t (a)");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.seek(28); // The number of pages in SQLite's header.
            file.writeInt((int) pages);
            file.setLength(pages * pageSize); // A sparse file.
        }
        assertRejected(database, SnapshotConfigurationException.class, pages + " pages", messages, "at most");
    }

    @Test
    void take_damagedPage_isFoundByTheCheck() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        byte[] bytes = Files.readAllBytes(database);
        Arrays.fill(bytes, 5 * 4096, 6 * 4096, (byte) 0x5a);
        Files.write(database, bytes);
        assertRejected(database, DatabaseDamagedException.class, "damaged");
    }

    @Test
    void take_truncatedFile_isRejected() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        Files.write(database, Arrays.copyOf(Files.readAllBytes(database), 10 * 4096 + 17));
        assertRejected(database, DatabaseDamagedException.class, "damaged");
    }

    @Test
    void take_lockedDatabase_reportsInUse() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "BEGIN EXCLUSIVE");
            assertRejected(database, DatabaseInUseException.class, "in use");
        }
    }
}
