package io.harmonylite.snapshot.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.CopyReport;
import io.harmonylite.snapshot.CopyRequest;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TakeRequest;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.model.Member.Kind;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.StoreFiles;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.TrimPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * A node, its streams, its two stores and its map, and the model: which messages exist, and which ones each image has. A
 * second node, the peer, never loses anything and takes snapshots too. Not thread-safe.
 */
final class World implements AutoCloseable {

    private static final List<String> SIDECARS = List.of("-wal", "-shm", "-journal");

    final Map<String, Integer> counts;
    private final Path root;
    private final Kind kind;
    private final Messages messages = new Messages();
    private final Member peer;
    private final Map<SnapshotId, Set<String>> images = new HashMap<>();
    private final Set<SnapshotId> checked = new HashSet<>();
    private Steps steps = new Steps();
    private Path home;
    private Member node;
    private List<FileSystemSnapshotStore> stores = List.of();
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private Duration hostIsAhead = Duration.ZERO;
    private int directories;
    private Set<String> taking = Set.of();
    private boolean running;
    private boolean harmed;
    private boolean killed;
    private int recoveries;
    private int savedAt = -1;
    private Random random = new Random(0);

    World(Path root, Kind kind, Map<String, Integer> counts) throws Exception {
        this.root = root;
        this.kind = kind;
        this.counts = counts;
        this.home = Files.createDirectory(root.resolve("home-0"));
        Files.createDirectory(home.resolve("store-0"));
        Files.createDirectory(home.resolve("store-1"));
        Path other = Files.createDirectory(root.resolve("peer"));
        this.peer = new Member("peer", other, Kind.TABLE, messages, new Steps(), this::storeTime);
        open(new Steps());
        peerManager().recover();
        peer.createTables();
        peerManager().recover();
    }

    private Instant storeTime() {
        return now;
    }

    private Instant hostTime() {
        return now.plus(hostIsAhead);
    }

    /** Starts a process on the present files. */
    private void open(Steps process) throws IOException {
        steps = process;
        node = new Member("node", home, kind, messages, steps, this::storeTime);
        ModelFiles files = new ModelFiles(steps, this::storeTime);
        stores = List.of(
                StoreFiles.open(home.resolve("store-0"), files), StoreFiles.open(home.resolve("store-1"), files));
        running = false;
    }

    private FileSystemSnapshotStore store() {
        return stores.get(0);
    }

    private SnapshotManager.Builder builder() {
        return node.builder(store(), this::hostTime);
    }

    private SnapshotManager manager() {
        return builder().compaction(Compaction.NEVER).build();
    }

    private SnapshotManager peerManager() {
        return peer.builder(store(), this::hostTime)
                .compaction(Compaction.NEVER)
                .build();
    }

    private SnapshotRepository repository() {
        return repository(store());
    }

    private SnapshotRepository repository(FileSystemSnapshotStore of) {
        return SnapshotRepository.builder("orders", of)
                .scratchDirectory(root)
                .parallelism(1)
                .connectionCustomizer(TestDatabase::withoutSyncs)
                .clock(this::hostTime)
                .build();
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** Makes a move, and compares the world with the model. */
    void run(Move move) throws Exception {
        random = new Random(move.seed());
        now = now.plusSeconds(60);
        harmed |= move.isHarmful();
        Set<String> before = rowsOrNone();
        taking = before;
        Path files = home;
        if (random.nextInt(6) == 0) {
            int step = random.nextInt(2 << random.nextInt(8));
            steps.before(step, this::kill);
        }
        try {
            act(move.kind());
        } catch (SnapshotException e) {
            count(e.getClass().getSimpleName());
            running &= !killed;
        }
        if (killed) {
            count("killed");
            die(files);
            Set<String> after = rowsOrNone();
            assertThat(after.containsAll(before) || images.containsValue(after))
                    .as("rows after a kill in %s: %s instead of %s", move, after, before)
                    .isTrue();
        } else {
            steps.before(-1, () -> {});
        }
        checkListed();
    }

    /** Keeps the files as they are. The process runs on in the old directory, and nothing that it does counts. */
    private void kill() throws IOException {
        Path copy = root.resolve("home-" + ++directories);
        copyAll(home, copy);
        killed = true;
        home = copy;
    }

    private void die(Path files) throws IOException {
        node.close();
        close(stores);
        deleteAll(files);
        killed = false;
        open(new Steps());
    }

    private void stop() throws IOException {
        node.close();
        close(stores);
    }

    private static void close(List<FileSystemSnapshotStore> all) throws IOException {
        for (FileSystemSnapshotStore each : all) {
            each.close();
        }
    }

    private Set<String> rowsOrNone() {
        try {
            return node.rows();
        } catch (SQLException e) {
            return Set.of(); // It is no database.
        }
    }

    private void act(Move.Kind what) throws Exception {
        String stream = Messages.STREAMS.get(random.nextInt(2));
        switch (what) {
            case PUBLISH -> messages.publish(stream, 1 + random.nextInt(5));
            case PUBLISH_OWN -> publishOwn(stream);
            case APPLY -> apply(stream);
            case TAKE -> take(manager(), TakeRequest.incremental());
            case TAKE_FULL -> take(manager(), TakeRequest.full());
            case TAKE_COMPACTED -> take(builder().compaction(Compaction.ALWAYS).build(), TakeRequest.incremental());
            case TAKE_WITHOUT_MAP ->
                take(node.withoutMap(store(), this::hostTime).build(), TakeRequest.incremental());
            case TAKE_OF_PEER -> takeOfPeer();
            case RESTORE -> restore(any(RestoreRequest.latest()));
            case RESTORE_ONLINE -> restore(any(RestoreRequest.latest()).online(WriteBarrier.noWriters()));
            case RESTORE_AS_OF ->
                restore(RestoreRequest.asOf(hostTime().minus(Duration.ofMinutes(random.nextInt(20)))));
            case RECOVER -> recover(RecoveryOptions.defaults());
            case RECOVER_NEVER_LAGGING -> recover(RecoveryOptions.defaults().maxReplayMessages(1));
            case RECOVER_FORCEFULLY -> recover(forceful());
            case PROVE -> repository().drill();
            case PIN -> pin();
            case PRUNE -> prune();
            case SWEEP -> {
                prune();
                now = now.plus(Duration.ofHours(25));
                prune();
            }
            case TRIM -> trim();
            case COPY -> copy();
            case COPY_AND_MOVE -> {
                copy();
                move();
            }
            case PASS -> now = now.plus(Duration.ofMinutes(random.nextInt(60 * 30)));
            case SET_CLOCK_OF_HOST -> hostIsAhead = Duration.ofHours(random.nextInt(40_000) - 20_000);
            case SET_CLOCK_OF_STORE -> now = now.plus(Duration.ofHours(random.nextInt(1000) - 500));
            case DROP_MESSAGES -> drop(stream);
            case DELETE_MESSAGE -> delete(stream);
            case CREATE_STREAM_ANEW -> createAnew(stream);
            default -> byHand(what);
        }
    }

    private void publishOwn(String stream) throws Exception {
        if (running) {
            long sequence = messages.publish(stream, 1);
            try {
                node.publish(stream, messages.at(stream, sequence));
            } catch (SnapshotException e) {
                running = false; // The stream is another one.
            }
        }
    }

    private void apply(String stream) throws Exception {
        if (running) {
            node.apply(stream, 1 + random.nextInt(8));
        }
    }

    private void take(SnapshotManager by, TakeRequest request) throws SQLException {
        SnapshotInfo taken = by.take(request);
        count("taken");
        put(taken.id(), taking);
    }

    private void put(SnapshotId id, Set<String> rows) {
        assertThat(images.putIfAbsent(id, rows))
                .satisfiesAnyOf(
                        old -> assertThat(old).isNull(), old -> assertThat(old).isEqualTo(rows));
    }

    private void takeOfPeer() throws Exception {
        catchUpPeer();
        taking = peer.rows();
        put(peerManager().take().id(), taking);
    }

    private void proveByPeer() throws Exception {
        messages.publish(Messages.STREAMS.get(random.nextInt(2)), 1);
        takeOfPeer();
        repository().drill();
    }

    private void catchUpPeer() throws Exception {
        peerManager().recover(RecoveryOptions.defaults().onReset(ResetDecision.replayFromFirst()));
        peer.catchUp();
        assertThat(peer.rows()).containsAll(messages.all());
    }

    private RestoreRequest any(RestoreRequest latest) {
        List<SnapshotInfo> all = repository().list().snapshots();
        return all.isEmpty() || random.nextBoolean()
                ? latest
                : RestoreRequest.of(all.get(random.nextInt(all.size())).id());
    }

    private void restore(RestoreRequest request) throws SQLException {
        RestoreReport report = manager().restore(request.replaceDamaged());
        if (!killed) {
            count("restored " + report.method());
            assertRestored(report);
            harmed |= report.snapshot().positions().isEmpty();
        }
    }

    private void assertRestored(RestoreReport report) throws SQLException {
        assertThat(report.passedOver()).isEmpty();
        assertThat(node.rows()).isEqualTo(images.get(report.snapshot().id()));
        count(report.bytesReused() > 0 ? "delta" : "whole");
    }

    private RecoveryOptions forceful() {
        RecoveryOptions options = RecoveryOptions.defaults();
        options = random.nextBoolean() ? options.replaceExistingRows() : options;
        options = random.nextBoolean() ? options.replaceDamaged() : options;
        options = random.nextBoolean() ? options.usePositionsFromOrigin() : options;
        return options.onReset(random.nextBoolean() ? ResetDecision.replayFromFirst() : ResetDecision.restore());
    }

    /** A recovery that does not stop misses nothing. A recovery stops only after a harmful step. */
    private void recover(RecoveryOptions options) throws Exception {
        stop();
        if (!killed) {
            open(steps);
        }
        if (killed) {
            return;
        }
        RecoveryReport report;
        try {
            report = manager().recover(options);
        } catch (SnapshotException e) {
            assertThat(harmed || killed).as("recovery stopped: %s", e).isTrue();
            throw e;
        }
        if (killed) {
            return;
        }
        recoveries++;
        RecoveryOutcome outcome = report.plan().outcome();
        count(outcome.toString());
        if (report.restored().isPresent()) {
            assertRestored(report.restored().get());
        }
        node.createTables();
        if (killed) {
            return;
        }
        assertThat(messages.lost(node.rows(), node.positions()))
                .as("lost after %s", report.plan())
                .isEmpty();
        if (outcome == RecoveryOutcome.UP_TO_DATE) {
            assertThat(node.rows()).as("%s", report.plan()).containsAll(messages.all());
        }
        running = true;
        if (random.nextBoolean()) {
            catchUp();
        }
    }

    private void catchUp() throws Exception {
        node.catchUp();
        if (!killed) {
            assertThat(node.rows()).containsAll(messages.all());
        }
    }

    private void pin() {
        any(RestoreRequest.latest()).id().ifPresent(repository()::pin);
    }

    private void prune() {
        if (killed) {
            return;
        }
        int kept = 1 + random.nextInt(3);
        SortedSet<SnapshotId> pinned = repository().pinned();
        List<SnapshotInfo> before = repository().list().snapshots();
        repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(kept)));
        if (killed) {
            return;
        }
        List<SnapshotId> after =
                repository().list().snapshots().stream().map(SnapshotInfo::id).toList();
        assertThat(after).hasSizeGreaterThanOrEqualTo(Math.min(kept, before.size()));
        assertThat(before).extracting(SnapshotInfo::id).containsAll(after);
        assertThat(after).containsAll(pinned);
    }

    private void trim() throws Exception {
        if (random.nextBoolean()) {
            proveByPeer();
            proveByPeer();
        }
        catchUpPeer();
        TrimPolicy policy = TrimPolicy.of(
                        (stream, created, sequence) -> {
                            if (killed) {
                                throw new IOException("the process was killed");
                            }
                            messages.streams.dropBefore(stream, sequence);
                            count("trimmed");
                            return 0;
                        },
                        MemberPositions.noOtherMembers())
                .keepMessages(0)
                .keepYoungerThan(Duration.ZERO);
        manager().trim(policy);
    }

    private void copy() throws SQLException {
        CopyReport report =
                repository().copyTo(stores.get(1), random.nextBoolean() ? CopyRequest.all() : CopyRequest.latest(1));
        if (!killed) {
            report.copied().forEach(id -> count("copied"));
        }
    }

    /** Uses the other store from now on. Its snapshots may be older, so a message that was trimmed may be lost. */
    private void move() throws IOException {
        if (!killed) {
            stop();
            Files.move(home.resolve("store-0"), home.resolve("store-2"));
            Files.move(home.resolve("store-1"), home.resolve("store-0"));
            Files.move(home.resolve("store-2"), home.resolve("store-1"));
            open(new Steps());
            harmed = true;
        }
    }

    private void drop(String stream) throws Exception {
        catchUpPeer();
        messages.streams.dropBefore(
                stream, 1 + random.nextInt(messages.of(stream).size() + 1));
    }

    private void delete(String stream) throws Exception {
        catchUpPeer();
        int size = messages.of(stream).size();
        if (size > 0) {
            messages.streams.deleteMessage(stream, 1 + random.nextInt(size));
        }
    }

    private void createAnew(String stream) throws Exception {
        messages.createAnew(stream);
        catchUpPeer();
    }

    /** Changes files of the node while it is stopped. */
    private void byHand(Move.Kind what) throws Exception {
        stop();
        if (killed) {
            return;
        }
        if (Files.exists(node.database)) {
            checkpoint();
        }
        Path saved = root.resolve("saved.db");
        Path savedMap = root.resolve("saved.seq-map");
        boolean noticeable = kind == Kind.TABLE || recoveries > savedAt;
        switch (what) {
            case SAVE_FILES -> {
                replace(saved, node.database);
                replace(savedMap, node.mapFile);
                savedAt = recoveries;
            }
            case OLDER_DATABASE -> {
                if (noticeable && Files.exists(saved)) {
                    replace(node.database, saved);
                }
            }
            case OLDER_MAP -> {
                if (Files.exists(savedMap)) {
                    replace(node.mapFile, savedMap);
                }
            }
            case OLDER_PAIR -> {
                if (Files.exists(saved)) {
                    replace(node.database, saved);
                    replace(node.mapFile, savedMap);
                }
            }
            case DATABASE_OF_PEER -> replace(node.database, peer.database);
            case EMPTY_DATABASE -> {
                Files.deleteIfExists(node.database);
                try (Connection connection = TestDatabase.open(node.database)) {
                    Member.createTables(connection);
                }
            }
            case JUNK_DATABASE -> Files.write(node.database, new byte[5000]);
            case LOSE_DATABASE -> Files.deleteIfExists(node.database);
            case LOSE_ROWS -> TestDatabase.run(node.database, "DELETE FROM applied");
            case LOSE_MAP -> Files.deleteIfExists(node.mapFile);
            default -> throw new IllegalArgumentException(what.toString());
        }
        open(new Steps());
    }

    private void checkpoint() {
        try (Connection connection = TestDatabase.open(node.database)) {
            TestDatabase.value(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            count("junk"); // It is no database.
        }
        for (String suffix : SIDECARS) {
            Path sidecar = Path.of(node.database + suffix);
            assertThat(sidecar.toFile().delete() || !Files.exists(sidecar)).isTrue();
        }
    }

    private static void replace(Path file, Path by) throws IOException {
        Files.deleteIfExists(file);
        if (Files.exists(by)) {
            Files.copy(by, file, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** Compares each snapshot that was not seen before in its store with the model, and reads the bytes of all. */
    private void checkListed() throws Exception {
        for (FileSystemSnapshotStore each : stores) {
            SnapshotRepository repository = repository(each);
            assertThat(repository.list().unreadable()).isEmpty();
            for (SnapshotInfo snapshot : repository.list().snapshots()) {
                images.putIfAbsent(snapshot.id(), taking); // A killed take may have stored it.
                if (checked.add(snapshot.id()) || random.nextInt(20) == 0) {
                    assertRestores(repository, snapshot);
                } else {
                    assertThat(repository
                                    .verify(snapshot.id(), VerifyDepth.STORED_BYTES)
                                    .problem())
                            .isEmpty();
                }
            }
        }
    }

    private void assertRestores(SnapshotRepository repository, SnapshotInfo snapshot) throws Exception {
        Path copy = root.resolve("restored-" + ++directories + ".db");
        repository.restore(RestoreRequest.of(snapshot.id()), copy);
        Set<String> image = Member.rows(copy);
        Files.delete(copy);
        assertThat(image).as("image of %s", snapshot.id()).isEqualTo(images.get(snapshot.id()));
        assertThat(image).as("positions of %s", snapshot.id()).containsAll(messages.upTo(snapshot.positions()));
    }

    /** Recovers by all means but one: with a snapshot of the peer, nothing may be missing. */
    void finish() throws Exception {
        random = new Random(0);
        takeOfPeer();
        stop();
        open(new Steps());
        recover(RecoveryOptions.defaults()
                .replaceExistingRows()
                .replaceDamaged()
                .onReset(ResetDecision.restore()));
        catchUp();
        checkListed();
    }

    @Override
    public void close() throws Exception {
        stop();
        peer.close();
        deleteAll(root);
    }

    static void copyAll(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : new ArrayList<>(files.toList())) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
