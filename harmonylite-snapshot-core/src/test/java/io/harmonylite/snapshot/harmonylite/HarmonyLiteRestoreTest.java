package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HarmonyLiteRestoreTest {

    private static final String STREAM = "harmonylite-changes-c-1";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void name() {
        database = directory.resolve("node.db");
    }

    private SnapshotManager manager() {
        return SnapshotManager.builder("node", database, store).build();
    }

    private static HarmonyLiteRestoreRequest accepting(HarmonyLiteSnapshotSource source) {
        return HarmonyLiteRestoreRequest.of(source).acceptUnknownPositions().acceptKeylessTables();
    }

    private HarmonyLiteSnapshotFile file(String fixture) throws Exception {
        return HarmonyLiteSnapshotFile.of(Fixtures.copy(fixture, directory.resolve("snapshot.db")));
    }

    @ParameterizedTest
    @CsvSource({"one-shard, 9f1a20832e25abfe", "tricky, 1b451b283dd969c2", "types, 2765ca80aed6f241"})
    void restore_harmonyLiteSnapshot_installsItsContentAndAnOrigin(String set, String tag) throws Exception {
        byte[] snapshot = Fixtures.bytes(set + "/snapshot.db");
        try (SnapshotManager manager = manager()) {
            HarmonyLiteRestoreReport report = manager.restore(accepting(new TaggedSource(snapshot, tag)));
            assertThat(TestDatabase.dump(database))
                    .isEqualTo(TestDatabase.dump(Fixtures.copy(set + "/snapshot.db", directory.resolve("copy.db"))));
            assertThat(TestDatabase.value(
                            database, "SELECT restore_id, hex(positions) FROM __harmonylite__snapshot_origin"))
                    .isEqualTo("'" + report.restore().restoreId() + "', 'A0'");
            assertThat(report.tag()).isEqualTo(tag);
            assertThat(report.tagCheck()).isEqualTo(TagCheck.MATCHES);
            assertThat(report.restore().snapshot().positions()).isEqualTo(Positions.none());
            assertThat(report.restore().snapshot().id().toString()).startsWith("20261123T110439408Z-harmonylite-");
            assertThat(report.leftOut()).isEmpty();
            assertThat(report.rewritten().isEmpty()).isEqualTo(set.equals("tricky"));
        }
    }

    /**
     * The snapshot does not say which messages it contains, so that the host must accept unknown positions (faults D5,
     * D6).
     */
    @Test
    void d06_unknownPositionsNotAccepted_isRejectedBeforeReading() throws Exception {
        HarmonyLiteSnapshotSource unread = new TaggedSource(null, "");
        try (SnapshotManager manager = manager()) {
            assertThatThrownBy(() -> manager.restore(HarmonyLiteRestoreRequest.of(unread)))
                    .isInstanceOf(UnknownPositionsException.class)
                    .hasMessageContaining("bucket test");
            assertThatThrownBy(() -> manager.restore(accepting(unread))).isInstanceOf(SnapshotNotFoundException.class);
        }
        assertThat(database).doesNotExist();
    }

    /**
     * HarmonyLite's snapshots renumber the rowids of tables without key and index, by which its messages find their rows
     * (fault D13).
     */
    @Test
    void d13_keylessTables_areRejectedByNameUnlessAccepted() throws Exception {
        Path snapshot = directory.resolve("snapshot.db");
        TestDatabase.run(
                snapshot,
                "CREATE TABLE keyless (v)",
                "INSERT INTO keyless VALUES (1)",
                "CREATE TABLE \"also it's\" (v)",
                "INSERT INTO \"also it's\" VALUES (1)",
                "CREATE TABLE no_rows (v)",
                "CREATE TABLE indexed (v)",
                "CREATE INDEX by_v ON indexed (v)",
                "INSERT INTO indexed VALUES (1)",
                "CREATE TABLE uniq (v UNIQUE)",
                "INSERT INTO uniq VALUES (1)",
                "CREATE TABLE keyed (k TEXT PRIMARY KEY)",
                "INSERT INTO keyed VALUES (1)");
        HarmonyLiteRestoreRequest request = HarmonyLiteRestoreRequest.of(HarmonyLiteSnapshotFile.of(snapshot))
                .acceptUnknownPositions();
        try (SnapshotManager manager = manager()) {
            assertThatThrownBy(() -> manager.restore(request))
                    .isInstanceOf(UnknownPositionsException.class)
                    .hasMessageContaining("key and index: also it's, keyless. HarmonyLite renumbers");
            assertThat(database).doesNotExist();
            manager.restore(request.acceptKeylessTables());
            assertThat(TestDatabase.value(database, "SELECT count(*) FROM keyless"))
                    .isEqualTo("1");
        }
    }

    private enum Kind {
        FILE,
        TABLE
    }

    /**
     * All messages that the streams keep are replayed, and the dropped ones are reported as unproven (faults D5, D6).
     */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void d05_followedStreams_replayKeptMessagesAndReportUnproven(Kind kind) throws Exception {
        InMemoryStreams streams = InMemoryStreams.unlimited(STREAM, "b", "c");
        streams.publish(STREAM, 148);
        streams.dropBefore(STREAM, 40);
        streams.publish("b", 7);
        streams.dropBefore("b", 8);
        try (FileSequenceMap file = FileSequenceMap.open(directory.resolve("seq-map.cbor"));
                TableSequenceMap table = TableSequenceMap.create();
                SnapshotManager manager = SnapshotManager.builder("node", database, store)
                        .sequenceMap(kind == Kind.FILE ? file : table)
                        .streams(streams)
                        .build()) {
            HarmonyLiteRestoreReport report = manager.restore(accepting(file("one-shard/snapshot.db")));
            assertThat(report.tagCheck()).isEqualTo(TagCheck.NOT_KEPT);
            assertThat(report.unproven())
                    .isEqualTo(Map.of(STREAM, new SequenceRange(1, 39), "b", new SequenceRange(1, 7)));
            assertThat(report.replayed()).isEqualTo(Map.of(STREAM, new SequenceRange(40, 148)));
            assertThat(report.resume().byStream())
                    .containsEntry(STREAM, at(streams, STREAM, 39))
                    .containsEntry("b", at(streams, "b", 7))
                    .containsEntry("c", at(streams, "c", 0));
            RecoveryPlan plan = manager.recover().plan();
            assertThat(plan).isInstanceOf(RecoveryPlan.Replay.class);
            assertThat(((RecoveryPlan.Replay) plan).resume()).isEqualTo(report.resume());
        }
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM Artist")).isEqualTo("315");
    }

    private static StreamPosition at(InMemoryStreams streams, String stream, long sequence) throws Exception {
        return new StreamPosition(
                sequence, null, streams.state(stream).orElseThrow().created());
    }

    /** HarmonyLite silently loses messages that the stream drops during a restore (fault D6). */
    @Test
    void d06_messagesDroppedDuringRestore_planIsGap() throws Exception {
        InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
        streams.publish(STREAM, 10);
        HarmonyLiteSnapshotFile file = file("one-shard/snapshot.db");
        HarmonyLiteSnapshotSource slow = new HarmonyLiteSnapshotSource() {
            @Override
            public Optional<HarmonyLiteSnapshot> find() throws IOException {
                return file.find();
            }

            @Override
            public Opened open() throws IOException {
                streams.dropBefore(STREAM, 5);
                return file.open();
            }
        };
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("seq-map.cbor"));
                SnapshotManager manager = SnapshotManager.builder("node", database, store)
                        .sequenceMap(map)
                        .streams(streams)
                        .build()) {
            assertThat(manager.restore(accepting(slow)).unproven()).isEmpty();
            assertThat(manager.plan()).isInstanceOf(RecoveryPlan.Gap.class);
        }
    }

    /** A transfer that is cut off, or has another length than announced, replaces nothing (fault D2). */
    @Test
    void restore_transferInterrupted_keepsLiveDatabaseAndLeavesNothing() throws Exception {
        Fixtures.copy("types/snapshot.db", database);
        byte[] good = Fixtures.bytes("types/snapshot.db");
        assertRejected(withAnnouncedLength(good, good.length + 1), SnapshotException.class);
        assertRejected(withAnnouncedLength(good, good.length - 1), SnapshotException.class);
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("link cut");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("link cut");
            }
        };
        InputStream cutOff = new SequenceInputStream(new ByteArrayInputStream(good, 0, 5000), broken);
        assertRejected(new WrongLengthSource(cutOff, good.length), StoreUnavailableException.class);
    }

    private static HarmonyLiteSnapshotSource withAnnouncedLength(byte[] content, long announced) {
        return new WrongLengthSource(new ByteArrayInputStream(content), announced);
    }

    /** A source whose content differs from its announced length. */
    private record WrongLengthSource(InputStream content, long announced) implements HarmonyLiteSnapshotSource {

        @Override
        public Optional<HarmonyLiteSnapshot> find() {
            return Optional.of(new HarmonyLiteSnapshot("wrong length", announced, Optional.empty(), Optional.empty()));
        }

        @Override
        public Opened open() {
            return new Opened(find().orElseThrow(), content);
        }
    }

    @Test
    void restore_mapWithoutStreams_isRejectedBeforeAnyChange() throws Exception {
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("seq-map.cbor"));
                SnapshotManager manager = SnapshotManager.builder("node", database, store)
                        .sequenceMap(map)
                        .build()) {
            HarmonyLiteSnapshotFile source = file("types/snapshot.db");
            assertThatThrownBy(() -> manager.restore(accepting(source)))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("streams");
        }
        assertThat(database).doesNotExist();
    }

    private void assertRejected(HarmonyLiteSnapshotSource source, Class<? extends Throwable> why) throws Exception {
        byte[] before = Files.readAllBytes(database);
        try (SnapshotManager manager = manager()) {
            assertThatThrownBy(() -> manager.restore(accepting(source))).isInstanceOf(why);
        }
        assertThat(database).hasBinaryContent(before);
        try (var names = Files.list(directory)) {
            assertThat(names).containsExactly(database);
        }
    }

    /** In HarmonyLite, each of these replaces the live database or stops every node at each start (fault D10). */
    @Test
    void d10_unrelatedEmptyDamagedOrTruncatedSnapshot_keepsLiveDatabase() throws Exception {
        Fixtures.copy("types/snapshot.db", database);
        byte[] good = Fixtures.bytes("types/snapshot.db");
        String tag = "2765ca80aed6f241";
        byte[] flipped = good.clone();
        for (int i = 0; i < 40; i++) {
            flipped[8192 + 97 * i] ^= 4;
        }
        byte[] oneBit = good.clone();
        oneBit[good.length - 7] ^= 1;
        byte[] truncated = Arrays.copyOf(good, 3 * 4096);
        byte[] text = "not a database".getBytes(StandardCharsets.US_ASCII);
        for (byte[] bad : List.of(flipped, oneBit, truncated, text, new byte[0], new byte[good.length])) {
            assertRejected(new TaggedSource(bad, tag), CorruptSnapshotException.class);
        }
        for (byte[] bad : List.of(truncated, text, new byte[0], new byte[good.length])) {
            assertRejected(tagged(bad), CorruptSnapshotException.class);
        }
        byte[] foreign = Fixtures.bytes("one-shard/snapshot.db");
        assertRejected(new TaggedSource(foreign, Fixtures.CHINOOK_TAG), SchemaMismatchException.class);
    }

    /** Returns a source with the tag of the damaged bytes. */
    private static TaggedSource tagged(byte[] content) {
        HarmonyLiteTag tag = new HarmonyLiteTag();
        tag.update(content, 0, content.length);
        return new TaggedSource(content, tag.text());
    }

    @Test
    void d10_damagedSnapshot_isReportedByVerify() throws Exception {
        SnapshotRepository repository = SnapshotRepository.builder("node", store)
                .scratchDirectory(directory)
                .build();
        byte[] good = Fixtures.bytes("types/snapshot.db");
        assertThat(repository.verify(new TaggedSource(good, "2765ca80aed6f241")).isSound())
                .isTrue();
        assertThat(repository.verify(new TaggedSource(good, "2765ca80aed6f242")).problem())
                .containsInstanceOf(CorruptSnapshotException.class);
        assertThat(repository.verify(tagged(new byte[0])).problem()).containsInstanceOf(CorruptSnapshotException.class);
        assertThatThrownBy(() -> repository.verify(new TaggedSource(null, "")))
                .isInstanceOf(SnapshotNotFoundException.class);
        assertThat(directory).isEmptyDirectory();
    }

    /** The file is a copy of a node's database, not a snapshot: its pending rows would be published again. */
    @Test
    void restore_nodeDatabase_removesNodeState() throws Exception {
        try (SnapshotManager manager = manager()) {
            HarmonyLiteRestoreReport report = manager.restore(accepting(file("one-shard/instrumented.db")));
            assertThat(report.leftOut()).hasSize(57).contains("table __harmonylite___change_log_global");
        }
        assertThat(TestDatabase.rows(database, "SELECT name FROM sqlite_schema WHERE name GLOB '__harmonylite__*'"))
                .containsExactly("'__harmonylite__snapshot_origin'");
    }

    @Test
    void restore_options_applyAsInEveryRestore() throws Exception {
        Fixtures.copy("tricky/before.db", database);
        byte[] before = Files.readAllBytes(database);
        HarmonyLiteSnapshotFile source = file("tricky/snapshot.db");
        try (SnapshotManager manager = manager()) {
            assertThatThrownBy(() -> manager.restore(accepting(source)))
                    .as("two user tables are missing in it (fault D14)")
                    .isInstanceOf(SchemaMismatchException.class)
                    .hasMessageContaining("xxharmonylite__t");
            HarmonyLiteRestoreReport report = manager.restore(accepting(source)
                    .options(RestoreRequest.latest().allowSchemaChange().keepPrevious()));
            assertThat(report.restore().kept().orElseThrow()).hasBinaryContent(before);
        }
        assertThat(TestDatabase.dump(database))
                .isEqualTo(TestDatabase.dump(Fixtures.copy("tricky/snapshot.db", directory.resolve("copy.db"))));
    }

    @Test
    void restore_fromTargetItself_isRejected() throws Exception {
        Fixtures.copy("types/snapshot.db", database);
        assertRejected(HarmonyLiteSnapshotFile.of(database), SnapshotConfigurationException.class);
    }
}
