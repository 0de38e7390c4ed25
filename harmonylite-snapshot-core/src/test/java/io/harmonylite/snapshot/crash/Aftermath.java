package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.NamedPacks;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The checks after every crash. The database is the old or the new one. Every listed snapshot is complete, and none is
 * missing. No position, of the node or of a snapshot, is ahead of the data. The node recovers, repeats the work and
 * ends with every message. A sweep leaves nothing behind. Not thread-safe.
 */
final class Aftermath {

    private static final String DATABASE = "orders.db";
    private static final String OBJECTS = "store/orders";

    private final CrashWorld world;
    private final Path directory;
    private final Crash crash;
    private final Set<Map<String, Content>> complete = new HashSet<>();
    private final Set<List<Object>> seen = new HashSet<>();
    private int begun;
    private int checked;

    Aftermath(CrashWorld world, Path directory, Crash crash) {
        this.world = world;
        this.crash = crash;
        this.directory = directory;
    }

    int checked() {
        return checked;
    }

    /** Checks the files that a crash left, once for each distinct state. */
    void check(CrashWork work, Tree left, long acknowledged, Progress progress, String when) throws Exception {
        if (!seen.add(List.of(work, left.state(), acknowledged, progress))) {
            return;
        }
        Path made = Files.createDirectory(directory.resolve("left-" + begun));
        left.write(made);
        check(work, made, acknowledged, progress, when);
    }

    /** Checks the files that a crash left in a directory, and deletes them. */
    void check(CrashWork work, Path left, long acknowledged, Progress progress, String when) throws Exception {
        begun++;
        try {
            assertOldOrNew(work, left, acknowledged, progress, when);
            assertSnapshotsAreComplete(work, left, progress, when);
            try (CrashNode node = CrashNode.unsynced(left, work.kind)) {
                assertRecovers(work, node, when);
                assertSweeps(node, when);
            }
            assertNoLeftovers(work, left, when);
        } catch (Exception e) {
            throw new AssertionError(when, e);
        }
        Tree.delete(left);
        checked++;
    }

    /** Reads a copy, since opening a database repairs it. */
    private void assertOldOrNew(CrashWork work, Path left, long acknowledged, Progress progress, String when)
            throws Exception {
        Path copy = Files.createDirectory(directory.resolve("look-" + begun));
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Path file = left.resolve(DATABASE + suffix);
            if (Files.exists(file)) {
                Files.copy(file, copy.resolve(DATABASE + suffix));
            }
        }
        long found = Files.exists(left.resolve(DATABASE)) ? rows(copy.resolve(DATABASE), when) : 0;
        Tree.delete(copy);
        assertThat(found).as(when).isIn(allowed(work)).isGreaterThanOrEqualTo(acknowledged);
        if (progress == Progress.RETURNED) {
            assertThat(found).as(when).isEqualTo(work.after);
        }
    }

    private static List<Long> allowed(CrashWork work) {
        return work.isApply()
                ? LongStream.rangeClosed(work.before, work.after).boxed().toList()
                : List.of(work.before, work.after);
    }

    /** Returns the number of messages in a database, after checking that they are the first ones and complete. */
    private static long rows(Path database, String when) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.withoutSyncs(connection);
            assertThat(TestDatabase.value(connection, "PRAGMA integrity_check"))
                    .as(when)
                    .isEqualTo("'ok'");
            String rows = TestDatabase.value(
                    connection,
                    "SELECT count(*) || ' ' || ifnull(max(sequence), 0) || ' ' || count(text) || ' '"
                            + " || count(CASE WHEN length(text) = 408 + 2 * sequence THEN 1 END) FROM applied");
            long count = Long.parseLong(rows.substring(1, rows.indexOf(' ')));
            assertThat(rows).as(when).isEqualTo("'" + (count + " ").repeat(3) + count + "'");
            return count;
        }
    }

    /** Reads each snapshot in full, unless its objects are the same as in an earlier check. */
    private void assertSnapshotsAreComplete(CrashWork work, Path left, Progress progress, String when)
            throws Exception {
        Map<String, Content> objects = new TreeReader(left).read().state(OBJECTS);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(left.resolve("store"))) {
            SnapshotRepository repository = SnapshotRepository.builder("orders", store)
                    .parallelism(1)
                    .connectionCustomizer(TestDatabase::withoutSyncs)
                    .scratchDirectory(directory)
                    .build();
            SnapshotListing listing = repository.list();
            assertThat(listing.unreadable()).as(when).isEmpty();
            assertThat(listing.snapshots())
                    .as(when)
                    .extracting(SnapshotInfo::id)
                    .containsAll(world.kept(work))
                    .hasSizeGreaterThanOrEqualTo(world.kept(work).size() + taken(work, progress));
            for (SnapshotInfo snapshot : listing.snapshots()) {
                if (complete.add(objectsOf(snapshot, objects))) {
                    assertIsComplete(repository, snapshot, when);
                }
            }
        }
    }

    /** Returns the number of snapshots that a completed take must have stored. */
    private static int taken(CrashWork work, Progress progress) {
        return progress == Progress.RETURNED && work.isTake() ? 1 : 0;
    }

    private static Map<String, Content> objectsOf(SnapshotInfo snapshot, Map<String, Content> objects) {
        return objects.entrySet().stream()
                .filter(object -> object.getKey().contains(snapshot.id().toString()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void assertIsComplete(SnapshotRepository repository, SnapshotInfo snapshot, String when) throws Exception {
        assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                .as(when)
                .isEmpty();
        Path image = Files.createDirectory(directory.resolve("image-" + begun)).resolve(DATABASE);
        repository.restore(RestoreRequest.of(snapshot.id()), image);
        assertThat(rows(image, when)).as(when).isGreaterThanOrEqualTo(sequence(snapshot.positions()));
        Tree.delete(image.getParent());
    }

    private static long sequence(Positions positions) {
        return positions.of(CrashNode.STREAM).map(StreamPosition::sequence).orElseThrow();
    }

    private void assertRecovers(CrashWork work, CrashNode node, String when) throws Exception {
        node.manager().recover();
        assertPositionMatches(work, node, when);
        work.run(node, message -> {});
        assertPositionMatches(work, node, when);
        assertThat(rows(node.database(), when)).as(when).isEqualTo(work.after);
        try (Connection host = node.open()) {
            node.apply(host, CrashNode.LAST, message -> {});
        }
        assertThat(rows(node.database(), when)).as(when).isEqualTo(CrashNode.LAST);
        assertThat(TestDatabase.value(node.database(), "PRAGMA journal_mode"))
                .as(when)
                .isEqualTo("'wal'");
    }

    /** Asserts that the position equals the data. A file map may be one message behind, never ahead. */
    private static void assertPositionMatches(CrashWork work, CrashNode node, String when) throws SQLException {
        long rows = rows(node.database(), when);
        assertThat(node.position()).as(when).isBetween(work.kind == CrashNode.Kind.FILE ? rows - 1 : rows, rows);
    }

    private static void assertSweeps(CrashNode node, String when) throws Exception {
        SnapshotRepository repository = node.manager().repository();
        repository.prune(CrashWork.sweep());
        List<String> expected = new ArrayList<>(NamedPacks.in(node.store(), "orders"));
        for (SnapshotInfo snapshot : repository.list().snapshots()) {
            expected.add("orders/manifests/" + snapshot.id());
            assertThat(repository
                            .verify(snapshot.id(), VerifyDepth.STORED_BYTES)
                            .problem())
                    .as(when)
                    .isEmpty();
        }
        List<String> objects =
                node.store().list("").stream().map(ObjectInfo::name).toList();
        assertThat(objects)
                .as(when)
                .filteredOn(name -> !name.startsWith("orders/pins/"))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(repository.pinned()).as(when).hasSize(1).allMatch(id -> isListed(repository, id));
    }

    private static boolean isListed(SnapshotRepository repository, SnapshotId id) {
        return repository.list().snapshots().stream()
                .anyMatch(snapshot -> snapshot.id().equals(id));
    }

    private void assertNoLeftovers(CrashWork work, Path left, String when) throws IOException {
        List<String> expected = new ArrayList<>(List.of(DATABASE, "store"));
        if (work.kind == CrashNode.Kind.FILE) {
            expected.addAll(List.of("orders.seq-map", "orders.seq-map.lock"));
        }
        Path journal = left.resolve(DATABASE + "-journal");
        if (crash == Crash.POWER_CUT && Files.exists(journal)) {
            byte[] bytes = Files.readAllBytes(journal);
            assertThat(bytes.length > 0 ? bytes[0] : 0).as(when).isZero();
            Files.delete(journal);
        }
        assertThat(names(left))
                .as(when)
                .filteredOn(name -> work != CrashWork.SWAP || !name.startsWith(DATABASE + ".previous-"))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(names(left.resolve("store"))).as(when).containsExactly("orders");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** The kind of crash. */
    enum Crash {
        /** A process was killed. */
        KILL,
        /** The power failed. A finished journal may have its name back; its header is zeros, so SQLite ignores it. */
        POWER_CUT
    }

    /** How far the work was at the crash. */
    enum Progress {
        /** The work had not returned. */
        UNDER_WAY,
        /** The work had returned. */
        RETURNED
    }
}
