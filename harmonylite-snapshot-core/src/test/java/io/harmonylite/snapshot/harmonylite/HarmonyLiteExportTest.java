package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HarmonyLiteExportTest {

    private static final String STREAM = "harmonylite-changes-c-1";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    /**
     * Offsets in SQLite's header: change counter, schema cookie, version-valid-for, version of the last writing
     * library.
     */
    private static final Set<Integer> HEADER_COUNTERS =
            Set.of(24, 25, 26, 27, 40, 41, 42, 43, 92, 93, 94, 95, 96, 97, 98, 99);

    private static Set<Integer> differences(Path file, byte[] expected) throws Exception {
        byte[] found = Files.readAllBytes(file);
        assertThat(found).hasSameSizeAs(expected);
        Set<Integer> offsets = new TreeSet<>();
        for (int at = 0; at < found.length; at++) {
            if (found[at] != expected[at]) {
                offsets.add(at);
            }
        }
        return offsets;
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.builder("node", store)
                .scratchDirectory(directory)
                .build();
    }

    private void take(Path database) {
        try (SnapshotManager manager =
                SnapshotManager.builder("node", database, store).build()) {
            manager.take();
        }
    }

    private HarmonyLiteExportReport export(Path target) {
        return repository().export(HarmonyLiteExportRequest.latest(), HarmonyLiteSnapshotFile.of(target));
    }

    /**
     * Restores HarmonyLite's snapshot, takes it compacted into this library's store and exports it. Every byte is
     * equal, except the header fields that SQLite changes with each write.
     */
    @ParameterizedTest
    @CsvSource({"one-shard, 9f1a20832e25abfe", "tricky, 1b451b283dd969c2", "types, 2765ca80aed6f241"})
    void roundTrip_harmonyLiteSnapshot_isByteIdentical(String set, String tag) throws Exception {
        byte[] snapshot = Fixtures.bytes(set + "/snapshot.db");
        Path node = directory.resolve("node.db");
        try (SnapshotManager manager = SnapshotManager.builder("node", node, store)
                .compaction(Compaction.ALWAYS)
                .build()) {
            manager.restore(HarmonyLiteRestoreRequest.of(new TaggedSource(snapshot, tag))
                    .acceptUnknownPositions()
                    .acceptKeylessTables());
            manager.take();
        }
        Path exported = directory.resolve("exported.db");
        HarmonyLiteExportReport report = export(exported);
        assertThat(differences(exported, snapshot)).isSubsetOf(HEADER_COUNTERS);
        assertThat(TestDatabase.dump(exported)).isEqualTo(TestDatabase.dump(node));
        assertThat(report.tag()).isEqualTo(HarmonyLiteTag.of(Files.newInputStream(exported)));
        assertThat(report.sizeBytes()).isEqualTo(snapshot.length);
        assertThat(report.previous()).isEqualTo(PreviousSnapshot.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-shard", "three-shards-uncompressed", "tricky", "types"})
    void export_nodeDatabase_containsNoHarmonyLiteTables(String set) throws Exception {
        Path node = Fixtures.copy(set + "/instrumented.db", directory.resolve("node.db"));
        Map<String, List<String>> expected = TestDatabase.dump(node);
        take(node);
        Path exported = directory.resolve("snapshot.db");
        export(exported);
        Map<String, List<String>> found = TestDatabase.dump(exported);
        assertThat(found.keySet()).noneMatch(key -> key.contains("'__harmonylite__"));
        found.forEach((key, rows) -> {
            if (key.startsWith("table") && !key.contains("sqlite_sequence")) {
                assertThat(rows).as(key).isEqualTo(expected.get(key));
            }
        });
        assertThat(found.keySet())
                .contains(set.equals("types") ? "table 'ck'" : set.equals("tricky") ? "table 'n1'" : "table 'Track'");
        byte[] header = Files.readAllBytes(exported);
        assertThat(List.of(header[18], header[19])).as("rollback journal").containsExactly((byte) 1, (byte) 1);
    }

    /**
     * HarmonyLite's VACUUM changes the rowids of a table without key and index, although rows are replicated by rowid
     * (fault D13).
     */
    @Test
    void d13_tableWithoutKeyAndIndex_keepsItsRowids() throws Exception {
        Path node = Fixtures.copy("tricky/instrumented.db", directory.resolve("node.db"));
        take(node);
        Path exported = directory.resolve("snapshot.db");
        export(exported);
        Path original = Fixtures.copy("tricky/snapshot.db", directory.resolve("original.db"));
        String rowids = "SELECT group_concat(rowid) FROM n1";
        assertThat(TestDatabase.value(exported, rowids)).isEqualTo("'1,3,5'");
        assertThat(TestDatabase.value(original, rowids))
                .as("HarmonyLite's own snapshot")
                .isEqualTo("'1,2,3'");
    }

    /** HarmonyLite's snapshots lack user tables whose names resemble its own (fault D14). */
    @Test
    void d14_userTablesWithSimilarNames_areExported() throws Exception {
        Path node = Fixtures.copy("tricky/instrumented.db", directory.resolve("node.db"));
        take(node);
        Path exported = directory.resolve("snapshot.db");
        export(exported);
        for (String table : List.of("xxharmonylite__t", "XYHarmonyLiteAB", "sqliteXdata")) {
            String rows = "SELECT count(*) FROM " + table;
            assertThat(TestDatabase.value(exported, rows)).isEqualTo(TestDatabase.value(node, rows));
        }
    }

    /**
     * A user trigger with such a name fails every snapshot of HarmonyLite, which still exits with status 0 (fault D16).
     */
    @Test
    void d16_userTriggerWithReservedNameAndSpace_isOmitted() throws Exception {
        Path node = Fixtures.copy("types/instrumented.db", directory.resolve("node.db"));
        TestDatabase.run(
                node, "CREATE TRIGGER \"__harmonylite__my trigger\" AFTER INSERT ON np BEGIN DELETE FROM np; END");
        take(node);
        Path exported = directory.resolve("snapshot.db");
        export(exported);
        assertThat(TestDatabase.value(exported, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"))
                .isEqualTo("0");
        assertThat(TestDatabase.value(exported, "SELECT count(*) FROM np")).isEqualTo("1");
    }

    @Test
    void export_existingSnapshot_staysUntilReplacementIsComplete() throws Exception {
        take(Fixtures.copy("types/instrumented.db", directory.resolve("node.db")));
        Path target = Fixtures.copy("one-shard/snapshot.db", directory.resolve("snapshot.db"));
        assertThat(export(target).previous()).isEqualTo(PreviousSnapshot.KEPT_UNTIL_COMPLETE);
        assertThat(TestDatabase.value(target, "SELECT count(*) FROM d")).isEqualTo("5");
    }

    /** A HarmonyLite node restores its snapshot without a check (fault D6). */
    @Test
    void d06_snapshotNotCoveringStreams_isNotExported() throws Exception {
        Path node = Fixtures.copy("types/snapshot.db", directory.resolve("node.db"));
        try (SnapshotManager manager =
                SnapshotManager.builder("node", node, store).build()) {
            manager.take(Positions.of(STREAM, StreamPosition.at(13)));
        }
        InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
        streams.publish(STREAM, 20);
        streams.dropBefore(STREAM, 14);
        HarmonyLiteExportRequest request = HarmonyLiteExportRequest.latest().requireCoverage(streams);
        HarmonyLiteSnapshotFile target = HarmonyLiteSnapshotFile.of(directory.resolve("snapshot.db"));
        assertThat(repository().export(request, target).previous()).isEqualTo(PreviousSnapshot.NONE);
        byte[] before = Files.readAllBytes(target.file());
        streams.deleteMessage(STREAM, 17);
        assertThatThrownBy(() -> repository().export(request, target))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("17 or some of them were deleted");
        streams.dropBefore(STREAM, 15);
        assertThatThrownBy(() -> repository().export(request, target))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("does not cover stream " + STREAM);
        assertThat(target.file()).hasBinaryContent(before);
    }
}
