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

/** What is no healthy database is refused by name, nothing is created, nothing is stored. */
class TakeRefusalTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    @AfterEach
    void nothingWasStored() {
        assertThat(store.list("")).isEmpty();
    }

    private void assertRefused(Path database, Class<? extends SnapshotException> type, String... says) {
        assertThatThrownBy(() -> SnapshotManager.builder("orders", database, store)
                        .busyTimeout(Duration.ofMillis(20))
                        .build()
                        .take())
                .isExactlyInstanceOf(type)
                .hasMessageContainingAll(says);
    }

    @Test
    void d11_missingDatabase_isNeverCreated() {
        assertRefused(directory.resolve("missing.db"), DatabaseNotFoundException.class, "no database");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void take_missingDirectory_isNamed() {
        assertRefused(directory.resolve("no/such/x.db"), SnapshotConfigurationException.class, "does not exist");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void take_directory_isRefused() throws Exception {
        assertRefused(Files.createDirectory(directory.resolve("d.db")), SnapshotConfigurationException.class, "file");
    }

    @Test
    void d11_emptyFile_isRefusedAndStaysEmpty() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.db"));
        assertRefused(empty, DatabaseDamagedException.class, "0 bytes");
        assertThat(empty).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 511, 512, 4096, 100_000})
    void take_randomBytes_areNoDatabase(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Path junk = Files.write(directory.resolve("junk.db"), bytes);
        assertRefused(junk, DatabaseDamagedException.class, "damaged, encrypted or not a SQLite database");
        assertThat(junk).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @CsvSource({"512, 2147483648, pages", "65536, 50331649, bytes"})
    void take_moreThanASnapshotHolds_isRefusedBeforeAnythingIsCopied(int pageSize, long pages, String says)
            throws Exception {
        Path database = directory.resolve("huge.db");
        TestDatabase.run(database, "PRAGMA page_size = " + pageSize, "CREATE TABLE t (a)");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.seek(28); // the number of pages in SQLite's header
            file.writeInt((int) pages);
            file.setLength(pages * pageSize); // sparse
        }
        assertRefused(database, SnapshotConfigurationException.class, pages + " pages", says, "at most");
    }

    @Test
    void take_brokenPageInTheMiddle_isFoundByTheCheck() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        byte[] bytes = Files.readAllBytes(database);
        Arrays.fill(bytes, 5 * 4096, 6 * 4096, (byte) 0x5a);
        Files.write(database, bytes);
        assertRefused(database, DatabaseDamagedException.class, "damaged");
    }

    @Test
    void take_fileCutOff_isRefused() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        Files.write(database, Arrays.copyOf(Files.readAllBytes(database), 10 * 4096 + 17));
        assertRefused(database, DatabaseDamagedException.class, "damaged");
    }

    @Test
    void take_lockedByAnother_isInUse() throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"));
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "BEGIN EXCLUSIVE");
            assertRefused(database, DatabaseInUseException.class, "in use");
        }
    }
}
