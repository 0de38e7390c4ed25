package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that reaches beyond 1 GiB, where SQLite leaves out the page of its lock bytes. */
@Tag("slow")
class LockBytePageTest {

    private static final long LOCK_BYTE = 1L << 30;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(value = InstallMethod.class)
    void roundTrip_beyondTheLockByte_keepsAll(InstallMethod method) throws Exception {
        Path database = directory.resolve("big.db");
        TestDatabase.run(
                database,
                "PRAGMA page_size = 65536",
                "PRAGMA journal_mode = OFF",
                "PRAGMA synchronous = OFF",
                "CREATE TABLE t (n INT, b BLOB)",
                TestDatabase.fill("t", "n, b", "i, zeroblob(110000000)", 11),
                TestDatabase.fill("t", "n, b", "i, randomblob(60000)", 200),
                "PRAGMA journal_mode = WAL");
        assertThat(Files.size(database)).isGreaterThan(LOCK_BYTE + (100 << 20));
        long sum = sum(database);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("store"))) {
            SnapshotManager manager = SnapshotManager.builder("big", database, store)
                    .compaction(Compaction.NEVER)
                    .build();
            manager.take();
            TestDatabase.run(database, "DELETE FROM t WHERE n % 2 = 0");
            manager.restore(
                    method == InstallMethod.SWAP
                            ? RestoreRequest.latest()
                            : RestoreRequest.latest().online(WriteBarrier.nobodyWrites()));
        }
        assertThat(sum(database)).isEqualTo(sum);
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    /** Over the random rows only: the pages on both sides of the lock byte are among the zeros, and those are checked. */
    private static long sum(Path database) throws Exception {
        return Long.parseLong(TestDatabase.value(
                database, "SELECT sum(n * 31 + unicode(hex(b)) + unicode(substr(hex(b), 90000))) FROM t WHERE n > 11"));
    }
}
