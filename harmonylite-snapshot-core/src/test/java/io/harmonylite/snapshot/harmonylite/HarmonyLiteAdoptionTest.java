package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node on the JVM adopts the directory of a stopped HarmonyLite node and gives it back. */
class HarmonyLiteAdoptionTest {

    @TempDir
    Path directory;

    private final SnapshotStore store = new InMemorySnapshotStore();
    private Path database;
    private Path map;

    private void stoppedNode(String set) throws Exception {
        database = Fixtures.copy(set + "/instrumented.db", directory.resolve("data.db"));
        map = Fixtures.copy(set + "/seq-map.cbor", directory.resolve("seq-map.cbor"));
    }

    /** Reads a map as HarmonyLite does: the first item only. */
    private static Map<String, Long> readAsHarmonyLite(Path map) throws Exception {
        Map<String, Long> positions = new TreeMap<>();
        try (JsonParser parser = new CBORFactory().createParser(Files.readAllBytes(map))) {
            JsonNode first = new ObjectMapper().readTree(parser);
            first.properties()
                    .forEach(entry ->
                            positions.put(entry.getKey(), entry.getValue().longValue()));
        }
        return positions;
    }

    private static InMemoryStreams streams(Map<String, Long> last) {
        InMemoryStreams streams = InMemoryStreams.unlimited(last.keySet().toArray(String[]::new));
        last.forEach((stream, sequence) -> streams.publish(stream, sequence.intValue()));
        return streams;
    }

    private SnapshotManager manager(FileSequenceMap positions, InMemoryStreams streams) {
        return SnapshotManager.builder("node", database, store)
                .sequenceMap(positions)
                .streams(streams)
                .pendingChanges(HarmonyLiteChanges.create())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-shard", "three-shards-uncompressed", "tricky", "types"})
    void adopt_stoppedNode_resumesAtItsPositionsAndCanBeGivenBack(String set) throws Exception {
        stoppedNode(set);
        Map<String, Long> positionsBefore = readAsHarmonyLite(map);
        assertThat(positionsBefore).isNotEmpty();
        Map<String, List<String>> before = TestDatabase.dump(database);
        InMemoryStreams streams = streams(positionsBefore);
        String stream = positionsBefore.keySet().iterator().next();
        try (FileSequenceMap positions = FileSequenceMap.adopt(map);
                SnapshotManager manager = manager(positions, streams)) {
            RecoveryReport report = manager.recover();
            assertThat(report.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
            assertThat(TestDatabase.dump(database))
                    .as("the database is unchanged")
                    .isEqualTo(before);
            long next = streams.publish(stream, 1);
            positions.applied(
                    stream,
                    new StreamPosition(
                            next, null, streams.state(stream).orElseThrow().created()));
        }
        Map<String, Long> expected = new TreeMap<>(positionsBefore);
        expected.merge(stream, 1L, Long::sum);
        assertThat(readAsHarmonyLite(map)).isEqualTo(expected);
        try (FileSequenceMap again = FileSequenceMap.open(map)) {
            assertThat(again.positions().byStream().keySet()).isEqualTo(expected.keySet());
        }
    }

    /** After adoption, changes of other nodes are applied without an echo, and own pending rows stay pending. */
    @Test
    void adopt_messagesOfOtherNodes_areAppliedAndPendingRowsStay() throws Exception {
        stoppedNode("one-shard");
        String stream = "harmonylite-changes-c-1";
        InMemoryStreams streams = streams(Map.of(stream, 146L));
        try (FileSequenceMap positions = FileSequenceMap.adopt(
                        Files.write(map, new byte[] {(byte) 0xa0})); // as if the node had stopped earlier
                SnapshotManager manager = manager(positions, streams);
                Connection connection = TestDatabase.open(database)) {
            assertThat(manager.recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
            HarmonyLiteApplier applier = HarmonyLiteApplier.create();
            positions.skipped(
                    stream,
                    new SequenceRange(1, 146)); // The fixture holds only some messages; the database contains all.
            streams.publish(stream, 2);
            for (long sequence = 147; sequence <= 148; sequence++) {
                long at = sequence;
                byte[] payload = Fixtures.bytes("one-shard/messages/" + stream + "-" + at + ".bin");
                positions.apply(
                        stream,
                        StreamPosition.at(at),
                        () -> assertThat(applier.applyWithoutCounting(
                                                connection, StreamMessage.of(stream, StreamPosition.at(at), payload))
                                        .result())
                                .isEqualTo(AppliedChange.Result.APPLIED));
            }
            assertThat(HarmonyLiteChanges.create().count(connection)).isEqualTo(3);
        }
        assertThat(readAsHarmonyLite(map)).isEqualTo(Map.of(stream, 148L));
    }

    /**
     * A node that fell behind the stream is restored from a peer's snapshot, keeps its own rows, and can be given back.
     */
    @Test
    void adopt_nodeBehindStream_isRestoredWithPendingRows() throws Exception {
        String stream = "harmonylite-changes-c-1";
        Path peer = Fixtures.copy("one-shard/snapshot.db", directory.resolve("peer.db"));
        InMemoryStreams streams = new InMemoryStreams(stream);
        streams.create(stream, StreamRetention.ofMessages(10));
        streams.publish(stream, 200);
        TestDatabase.run(peer, "UPDATE Genre SET Name = 'of the peer' WHERE GenreId = 1");
        try (SnapshotManager manager =
                SnapshotManager.builder("node", peer, store).build()) {
            manager.take(Positions.of(
                    stream,
                    new StreamPosition(
                            195, null, streams.state(stream).orElseThrow().created())));
        }
        stoppedNode("one-shard");
        try (FileSequenceMap positions = FileSequenceMap.adopt(map);
                SnapshotManager manager = manager(positions, streams)) {
            assertThat(manager.recover().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        }
        assertThat(readAsHarmonyLite(map)).isEqualTo(Map.of(stream, 195L));
        assertThat(TestDatabase.rows(database, "SELECT Name FROM Genre WHERE GenreId = 1"))
                .containsExactly("'of the peer'");
        assertThat(TestDatabase.rows(database, "SELECT table_name FROM __harmonylite___change_log_global ORDER BY id"))
                .containsExactly("'Artist'", "'Album'", "'PlaylistTrack'");
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM Artist WHERE ArtistId = 9001"))
                .isEqualTo("1");
        assertThat(TestDatabase.rows(
                        database,
                        "SELECT name FROM sqlite_schema WHERE name GLOB '__harmonylite__snapshot_*' ORDER BY name"))
                .as("HarmonyLite leaves them alone, because they have its own prefix")
                .containsExactly("'__harmonylite__snapshot_binding'", "'__harmonylite__snapshot_origin'");
    }
}
