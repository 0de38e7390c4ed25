package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What must hold after a crash, whatever it cut off: the database is the old or the new one; every listed snapshot is whole,
 * and none is missing; no position is ahead of the data, in the node and in snapshots; the node recovers, does the same work
 * again, and ends with every message; and after a sweep nothing is left over. For one thread.
 */
final class Aftermath {

    private static final String DATABASE = "orders.db";
    private static final String OBJECTS = "store/orders";

    private final CrashWorld world;
    private final Path directory;
    private final Crash crash;
    private final Set<Map<String, Content>> sound = new HashSet<>();
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

    /** Checks what a crash left in a tree, once where several have left the same. */
    void check(CrashWork work, Tree left, long acknowledged, Progress progress, String when) throws Exception {
        if (!seen.add(List.of(work, left.state(), acknowledged, progress))) {
            return;
        }
        check(work, world.make(left, "left-" + begun), acknowledged, progress, when);
    }

    /** Checks what a crash left in a directory, which is removed then. */
    void check(CrashWork work, Path left, long acknowledged, Progress progress, String when) throws Exception {
        begun++;
        try {
            assertOldOrNew(work, left, acknowledged, progress, when);
            assertSnapshotsAreWhole(work, left, progress, when);
            try (CrashNode node = CrashNode.careless(left, work.kind)) {
                assertRecovers(work, node, when);
                assertSweeps(node, when);
            }
            assertNothingIsLeft(work, left, when);
        } catch (Exception e) {
            throw new AssertionError(when, e);
        }
        remove(left);
        checked++;
    }

    /** Looks at a copy: to open a database is to repair it. */
    private void assertOldOrNew(CrashWork work, Path left, long acknowledged, Progress progress, String when)
            throws Exception {
        Path look = Files.createDirectory(directory.resolve("look-" + begun));
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Path file = left.resolve(DATABASE + suffix);
            if (Files.exists(file)) {
                Files.copy(file, look.resolve(DATABASE + suffix));
            }
        }
        long found = Files.exists(left.resolve(DATABASE)) ? rows(look.resolve(DATABASE), when) : 0;
        remove(look);
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

    /** The number of messages in a database, which are the first ones, each of them whole. */
    private static long rows(Path database, String when) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            TestDatabase.run(connection, "PRAGMA synchronous = OFF");
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

    /** Snapshots that were sound are, as long as no object has changed. */
    private void assertSnapshotsAreWhole(CrashWork work, Path left, Progress progress, String when) throws Exception {
        Map<String, Content> objects = new TreeReader(left).read().state(OBJECTS);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(left.resolve("store"))) {
            SnapshotRepository repository = SnapshotRepository.builder("orders", store)
                    .parallelism(1)
                    .connectionCustomizer(connection -> TestDatabase.run(connection, "PRAGMA synchronous = OFF"))
                    .scratchDirectory(directory)
                    .build();
            SnapshotListing listing = repository.list();
            assertThat(listing.unreadable()).as(when).isEmpty();
            assertThat(listing.snapshots())
                    .as(when)
                    .extracting(SnapshotInfo::id)
                    .containsAll(world.kept(work))
                    .hasSizeGreaterThanOrEqualTo(world.kept(work).size() + taken(work, progress));
            if (sound.add(objects)) {
                for (SnapshotInfo snapshot : listing.snapshots()) {
                    assertIsWhole(repository, snapshot, when);
                }
            }
        }
    }

    /** What has returned is durable. */
    private static int taken(CrashWork work, Progress progress) {
        return progress == Progress.RETURNED && work.isTake() ? 1 : 0;
    }

    private void assertIsWhole(SnapshotRepository repository, SnapshotInfo snapshot, String when) throws Exception {
        assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                .as(when)
                .isEmpty();
        Path image = Files.createDirectory(directory.resolve("image-" + begun)).resolve(DATABASE);
        repository.restore(RestoreRequest.of(snapshot.id()), image);
        assertThat(rows(image, when)).as(when).isGreaterThanOrEqualTo(sequence(snapshot.positions()));
        remove(image.getParent());
    }

    private static long sequence(Positions positions) {
        return positions.of(CrashNode.STREAM).map(StreamPosition::sequence).orElseThrow();
    }

    private void assertRecovers(CrashWork work, CrashNode node, String when) throws Exception {
        node.manager().recover();
        assertPositionFits(work, node, when);
        work.run(node, message -> {});
        assertPositionFits(work, node, when);
        assertThat(rows(node.database(), when)).as(when).isEqualTo(work.after);
        try (Connection host = node.open()) {
            node.apply(host, CrashNode.LAST, message -> {});
        }
        assertThat(rows(node.database(), when)).as(when).isEqualTo(CrashNode.LAST);
        assertThat(TestDatabase.value(node.database(), "PRAGMA journal_mode"))
                .as(when)
                .isEqualTo("'wal'");
    }

    /** A file may be one message behind the data; never ahead. */
    private static void assertPositionFits(CrashWork work, CrashNode node, String when) throws SQLException {
        long rows = rows(node.database(), when);
        assertThat(node.position()).as(when).isBetween(work.kind == CrashNode.Kind.FILE ? rows - 1 : rows, rows);
    }

    private static void assertSweeps(CrashNode node, String when) throws Exception {
        SnapshotRepository repository = node.manager().repository();
        repository.prune(CrashWork.sweep());
        List<String> expected = new ArrayList<>();
        for (SnapshotInfo snapshot : repository.list().snapshots()) {
            expected.add("orders/manifests/" + snapshot.id());
            expected.add("orders/packs/" + snapshot.id() + "-000000");
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

    private void assertNothingIsLeft(CrashWork work, Path left, String when) throws IOException {
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

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What has happened. */
    enum Crash {
        /** A process was killed. */
        KILL,
        /** The power failed: a journal that was finished may have its name back. Its header is zeros, so SQLite leaves it. */
        POWER_CUT
    }

    /** How far a work was when the crash came. */
    enum Progress {
        /** It had not returned. */
        UNDER_WAY,
        /** It had returned. */
        RETURNED
    }
}
