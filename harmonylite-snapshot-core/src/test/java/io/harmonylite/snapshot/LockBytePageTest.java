package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks a database larger than 1 GiB, in which SQLite never uses the page that contains its lock bytes. */
@Tag("slow")
class LockBytePageTest {

    private static final long LOCK_BYTE = 1L << 30;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(InstallMethod.class)
    void roundTrip_largerThanTheLockByte_keepsEverything(InstallMethod method) throws Exception {
        Path database = directory.resolve("big.db");
        create(database);
        long before = checksum(database);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("store"))) {
            SnapshotManager manager = SnapshotManager.builder("big", database, store)
                    .compaction(Compaction.NEVER)
                    .build();
            manager.take();
            TestDatabase.run(database, "DELETE FROM t WHERE n % 2 = 0");
            manager.restore(
                    method == InstallMethod.SWAP
                            ? RestoreRequest.latest()
                            : RestoreRequest.latest().online(WriteBarrier.noWriters()));
        }
        assertThat(checksum(database)).isEqualTo(before);
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    /** Creates 1.1 GiB: zeros almost up to the lock byte, random bytes on both sides of it, and zeros after that. */
    private static void create(Path database) throws Exception {
        TestDatabase.run(
                database,
                "PRAGMA page_size = 65536",
                "PRAGMA journal_mode = OFF",
                "PRAGMA synchronous = OFF",
                "CREATE TABLE t (n INT, b BLOB)",
                TestDatabase.fill("t", "n, b", "i, zeroblob(119000000)", 9));
        assertThat(Files.size(database)).isBetween(LOCK_BYTE - (4 << 20), LOCK_BYTE);
        TestDatabase.run(
                database,
                "PRAGMA synchronous = OFF",
                TestDatabase.fill("t", "n, b", "i, randomblob(600000)", 15),
                "INSERT INTO t VALUES (1, zeroblob(100000000))",
                "PRAGMA journal_mode = WAL");
        assertThat(Files.size(database)).isGreaterThan(LOCK_BYTE + (100 << 20));
    }

    private static long checksum(Path database) throws SQLException {
        CRC32C crc = new CRC32C();
        try (Connection connection = TestDatabase.open(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT n, b FROM t ORDER BY rowid")) {
            while (rows.next()) {
                crc.update(rows.getInt(1));
                crc.update(rows.getBytes(2));
            }
        }
        return crc.getValue();
    }
}
