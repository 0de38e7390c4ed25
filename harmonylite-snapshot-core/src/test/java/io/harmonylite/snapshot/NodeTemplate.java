package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A node and its store, made once, of which tests take copies to break: the stream has 10 messages, the node applied 9, and
 * there are snapshots at 4 and at 8. One at 2 was retired longer ago than any grace period, and a pack that no
 * manifest names is as old.
 */
final class NodeTemplate {

    static final String STREAM = "changes-1";
    private static final int PUBLISHED = 10;
    private static final String ORPHAN = "orders/packs/20261101T000000000Z-node-0123456789abcdef-000000";

    final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> this.now);
    final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
    private final Path directory;
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    final SnapshotId retired;
    final SnapshotId older;
    final SnapshotId latest;

    NodeTemplate(Path directory) throws Exception {
        this.directory = directory;
        streams.publish(STREAM, PUBLISHED);
        store.putIfAbsent(ORPHAN, ObjectSource.of(new byte[9]));
        try (Replica replica = new Replica(directory, Kind.FILE, store, streams)) {
            replica.manager().recover();
            replica.createTables();
            retired = take(replica, 2);
            older = take(replica, 4);
            replica.manager().repository().prune(PruneRequest.retire(retired));
            latest = take(replica, 8);
            replica.apply(STREAM, 9);
        }
        now = now.plus(Duration.ofDays(2));
    }

    private SnapshotId take(Replica replica, long position) throws Exception {
        now = now.plusSeconds(60);
        replica.apply(STREAM, position);
        return replica.manager().take().id();
    }

    /** A node of its own, in a new directory, on some store. */
    Replica copy(Path to, SnapshotStore on) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return new Replica(to, Kind.FILE, on, streams);
    }

    /** The manager of a node; it keeps one snapshot. */
    static SnapshotManager manager(Replica node) {
        return node.builder().retention(RetentionPolicy.keepLast(1)).build();
    }

    /** What lies in a store. */
    static Map<String, ObjectInfo> content(InMemorySnapshotStore store) {
        return store.list("").stream().collect(Collectors.toMap(ObjectInfo::name, object -> object));
    }

    /** Whatever is listed can be rebuilt; the latest is there, and the older one unless it was to go. */
    void assertStoreIsWhole(InMemorySnapshotStore changed, boolean isOlderKept) {
        if (content(changed).equals(content(store))) {
            return; // Bytes never change.
        }
        SnapshotRepository repository = SnapshotRepository.of("orders", changed);
        SnapshotListing listing = repository.list();
        assertThat(listing.unreadable()).isEmpty();
        assertThat(listing.snapshots()).extracting(SnapshotInfo::id).contains(latest);
        if (isOlderKept) {
            assertThat(listing.snapshots()).extracting(SnapshotInfo::id).contains(older);
        }
        for (SnapshotInfo info : listing.snapshots()) {
            assertThat(repository.verify(info.id(), VerifyDepth.REBUILD).problem())
                    .isEmpty();
        }
    }

    /** The database is sound and holds what the map says it does; or is not there, where it was not. */
    static void assertNodeIsWhole(Replica node, boolean mayBeMissing) throws Exception {
        if (!(mayBeMissing && Files.notExists(node.database))) {
            long position = node.position(STREAM).map(StreamPosition::sequence).orElse(0L);
            assertThat(node.rows(STREAM)).isEqualTo(all(position));
            assertThat(TestDatabase.value(node.database, "PRAGMA integrity_check"))
                    .isEqualTo("'ok'");
        }
        try (Stream<Path> left = Files.list(node.database.getParent())) {
            assertThat(left.map(file -> String.valueOf(file.getFileName())))
                    .isSubsetOf("orders.db", "orders.seq-map", "orders.seq-map.lock");
        }
    }

    /** What a node misses after it has applied the rest: nothing, and nothing is there twice. */
    static void assertCatchesUp(Replica node) throws Exception {
        node.catchUp();
        assertThat(node.rows(STREAM)).isEqualTo(all(PUBLISHED));
        assertThat(node.position(STREAM).map(StreamPosition::sequence)).isEqualTo(Optional.of((long) PUBLISHED));
    }

    private static List<String> all(long last) {
        return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
    }
}
