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
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A node and its store, created once and copied by tests that inject faults. The stream has 10 messages, and the node
 * applied 9. Some pages never change. The store has snapshots at positions 4 and 8. It also has a snapshot at 2, retired before the grace
 * period, and an orphaned pack of the same age.
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
            TestDatabase.run(
                    replica.database, "CREATE TABLE same (x)", TestDatabase.fill("same", "x", "randomblob(3000)", 5));
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

    /** Copies the node to a new directory, with the given store. */
    Replica copy(Path to, SnapshotStore on) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return new Replica(to, Kind.FILE, on, streams);
    }

    /** Returns a manager of a node that retains one snapshot. */
    static SnapshotManager manager(Replica node) {
        return node.builder().retention(RetentionPolicy.keepLast(1)).build();
    }

    /**
     * Returns everything that an operation started next depends on: the bytes of the node's files and the objects of
     * the store, which never change. Equal states lead to the same outcome.
     */
    static Set<String> state(Path node, InMemorySnapshotStore store) throws Exception {
        Set<String> state = new TreeSet<>();
        try (Stream<Path> files = Files.list(node)) {
            for (Path file : files.toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                state.add(file.getFileName() + " " + HexFormat.of().formatHex(digest));
            }
        }
        content(store).values().forEach(object -> state.add(object.toString()));
        return state;
    }

    /** Returns the objects of a store by name. */
    static Map<String, ObjectInfo> content(InMemorySnapshotStore store) {
        return store.list("").stream().collect(Collectors.toMap(ObjectInfo::name, object -> object));
    }

    /**
     * Checks that every listed snapshot can be rebuilt, and that the latest and, if required, the older one are listed.
     */
    void assertStoreIsWhole(InMemorySnapshotStore changed, boolean isOlderKept) {
        if (content(changed).equals(content(store))) {
            return; // Objects are never replaced.
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

    /**
     * Checks that the database passes the integrity check and contains exactly the messages that the map has counted.
     */
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

    /** Applies the remaining messages, and checks that the node then contains each message once. */
    static void assertCatchesUp(Replica node) throws Exception {
        node.catchUp();
        assertThat(node.rows(STREAM)).isEqualTo(all(PUBLISHED));
        assertThat(node.position(STREAM).map(StreamPosition::sequence)).isEqualTo(Optional.of((long) PUBLISHED));
    }

    private static List<String> all(long last) {
        return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
    }
}
