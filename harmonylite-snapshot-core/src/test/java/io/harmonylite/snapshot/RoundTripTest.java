package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A database is snapshot, deleted and restored, and has the same content as before. */
class RoundTripTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    static Stream<Arguments> pageSizesAndCompactions() {
        return Stream.of(512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536)
                .flatMap(size -> Stream.of(Compaction.NEVER, Compaction.ALWAYS)
                        .map(compaction -> Arguments.of(size, compaction)));
    }

    @ParameterizedTest
    @MethodSource("pageSizesAndCompactions")
    void restore_anyPageSize_isKept(int pageSize, Compaction compaction) throws Exception {
        assertRoundTrip(compaction, "PRAGMA page_size = " + pageSize);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wal", "delete", "truncate", "persist"})
    void restore_anyJournalMode_isKeptIfTheFileRecordsIt(String mode) throws Exception {
        assertRoundTrip(Compaction.WHEN_WORTHWHILE, "PRAGMA journal_mode = " + mode);
    }

    @ParameterizedTest
    @CsvSource({"UTF-8,NEVER", "UTF-16le,NEVER", "UTF-16be,NEVER", "UTF-8,ALWAYS", "UTF-16le,ALWAYS", "UTF-16be,ALWAYS"
    })
    void restore_anyEncoding_isKept(String encoding, Compaction compaction) throws Exception {
        assertRoundTrip(compaction, "PRAGMA encoding = '" + encoding + "'");
    }

    @ParameterizedTest
    @CsvSource({"NONE,NEVER", "FULL,NEVER", "INCREMENTAL,NEVER", "NONE,ALWAYS", "FULL,ALWAYS", "INCREMENTAL,ALWAYS"})
    void restore_anyAutoVacuum_isKept(String autoVacuum, Compaction compaction) throws Exception {
        assertRoundTrip(compaction, "PRAGMA auto_vacuum = " + autoVacuum);
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "ALWAYS"})
    void restore_severalLeaves_areKept(Compaction compaction) throws Exception {
        Path database = TestDatabase.create(directory.resolve("big.db"), "PRAGMA journal_mode = WAL");
        TestDatabase.run(database, TestDatabase.fill("note", "text, at", "randomblob(100000), i", 170));
        assertThat(Files.size(database)).isGreaterThan(1L << 24);
        assertRoundTrip(database, compaction);
    }

    @Test
    void restore_onePage_isKept() throws Exception {
        Path database = directory.resolve("one.db");
        TestDatabase.run(database, "PRAGMA user_version = 1");
        assertThat(Files.size(database)).isEqualTo(4096);
        assertRoundTrip(database, Compaction.NEVER);
    }

    @Test
    void restore_pathWithSpecialCharacters_isUsedAsIs() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("a b?mode=memory&x#%41 'ü"));
        assertRoundTrip(
                TestDatabase.create(odd.resolve("d;b%20.sqlite"), "PRAGMA journal_mode = WAL"), Compaction.NEVER);
        try (Stream<Path> left = Files.list(odd)) {
            assertThat(left).hasSize(1);
        }
    }

    private void assertRoundTrip(Compaction compaction, String... pragmas) throws Exception {
        assertRoundTrip(TestDatabase.create(directory.resolve("x.db"), pragmas), compaction);
    }

    private void assertRoundTrip(Path database, Compaction compaction) throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .compaction(compaction)
                .build()) {
            SnapshotInfo taken = manager.take();
            assertThat(TestDatabase.dump(database)).isEqualTo(before);
            assertThat(manager.list().snapshots()).containsExactly(taken);
            for (VerifyDepth depth : VerifyDepth.values()) {
                assertThat(manager.verify(taken.id(), depth).problem()).isEmpty();
            }
            lose(database);
            RestoreReport report = manager.restore(RestoreRequest.latest());
            assertThat(report.snapshot()).isEqualTo(taken);
        }
        assertThat(database).exists();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertThat(before.get("integrity_check")).containsExactly("'ok'");
    }

    private static void lose(Path database) throws Exception {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
        }
    }
}
