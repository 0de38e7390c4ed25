package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Recoveries that stop at any step: the next recovery ends like one that was not interrupted, and the node then has
 * every message once.
 */
class RecoverCrashTest {

    private static final String STREAM = HaltedRecovery.STREAM;

    @TempDir
    Path directory;

    @TempDir
    Path stored;

    private final InMemoryStreams streams = HaltedRecovery.streams();
    private FileSystemSnapshotStore store;
    private Path prepared;
    private Path node;

    @BeforeEach
    void openStore() throws IOException {
        store = FileSystemSnapshotStore.open(stored);
        prepared = Files.createDirectory(directory.resolve("prepared"));
        node = Files.createDirectory(directory.resolve("node"));
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    /** Prepares a node at message 30 of 60, of which the stream keeps the last 20, and a peer's snapshot at 50. */
    private void prepare(Kind kind) throws Exception {
        InMemoryStreams unlimited = InMemoryStreams.unlimited(STREAM);
        unlimited.publish(STREAM, 60);
        try (Replica late = new Replica(prepared, kind, store, unlimited);
                Replica peer = new Replica(Files.createDirectory(directory.resolve("peer")), kind, store, unlimited)) {
            for (Replica replica : List.of(late, peer)) {
                replica.createTables();
                replica.manager().recover();
            }
            late.apply(STREAM, 30);
            peer.apply(STREAM, 50);
            assertThat(unlimited.state(STREAM).orElseThrow().created())
                    .as("the map compares creation times")
                    .isEqualTo(streams.state(STREAM).orElseThrow().created());
            peer.manager().take();
        }
    }

    private void reset() throws IOException {
        try (Stream<Path> files = Files.list(node)) {
            for (Path file : files.toList()) {
                assertThat(Files.isDirectory(file)).as("%s", file).isFalse();
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(prepared)) {
            for (Path file : files.toList()) {
                Files.copy(file, node.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private SequenceMap open(Kind kind, HookedFileOperations files) {
        return kind == Kind.FILE ? MapFiles.open(node.resolve("orders.seq-map"), files) : TableSequenceMap.create();
    }

    private void recover(Kind kind, HookedFileOperations files) throws IOException {
        try (SequenceMap map = open(kind, files)) {
            SnapshotManager.builder("orders", node.resolve("orders.db"), store)
                    .sequenceMap(map)
                    .streams(streams)
                    .files(files)
                    .build()
                    .recover();
        }
    }

    /**
     * Asserts that a second recovery finds the old or the new database, and ends with the new one and every message
     * once.
     */
    private void assertRecovers(Kind kind, String crash) throws Exception {
        try (Replica replica = new Replica(node, kind, store, streams)) {
            assertThat(replica.rows(STREAM)).as(crash).isIn(all(30), all(50));
            RecoveryOutcome outcome = replica.manager().recover().plan().outcome();
            assertThat(outcome).as(crash).isIn(RecoveryOutcome.RESTORE, RecoveryOutcome.REPLAY);
            assertThat(replica.position(STREAM).orElseThrow().sequence())
                    .as(crash)
                    .isEqualTo(50);
            replica.catchUp();
            assertThat(replica.rows(STREAM)).as(crash).isEqualTo(all(60));
        }
        try (Stream<Path> files = Files.list(node)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as(crash)
                    .filteredOn(name -> name.contains("harmonylite"))
                    .isEmpty();
        }
    }

    private static List<String> all(long last) {
        return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
    }

    @ParameterizedTest
    @EnumSource
    void recover_anyFileOperationFails_isCompletedByTheNext(Kind kind) throws Exception {
        prepare(kind);
        reset();
        HookedFileOperations counting = HookedFileOperations.counting();
        recover(kind, counting);
        for (int at = 0; at < counting.log().size(); at++) {
            reset();
            HookedFileOperations failing = HookedFileOperations.failingAt(at, () -> new IOException("planned"), true);
            try {
                recover(kind, failing);
            } catch (SnapshotException | IOException e) {
                assertThat(e).as("%s", failing.log()).hasStackTraceContaining("planned");
            }
            deleteScratch();
            assertRecovers(kind, at + " of " + counting.log());
        }
    }

    /** Deletes scratch directories. No sweep does: their process is this one, and it is alive. */
    private void deleteScratch() throws IOException {
        try (Stream<Path> files = Files.list(node)) {
            for (Path file : files.filter(Files::isDirectory).toList()) {
                try (Stream<Path> inside = Files.list(file)) {
                    for (Path left : inside.toList()) {
                        Files.delete(left);
                    }
                }
                Files.delete(file);
            }
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void recover_haltedAtAnyFileOperation_isCompletedByTheNext(Kind kind) throws Exception {
        prepare(kind);
        reset();
        int status = HaltedRecovery.STATUS;
        for (int at = 0; status == HaltedRecovery.STATUS; at++) {
            reset();
            ChildJvm.Result result = child(kind, Integer.toString(at));
            status = result.status();
            assertThat(status).as(result.output()).isIn(HaltedRecovery.STATUS, 0);
            assertRecovers(kind, "halted before operation " + at);
            deleteScratch();
        }
    }

    private ChildJvm.Result child(Kind kind, String when) throws IOException, InterruptedException {
        return ChildJvm.run(
                HaltedRecovery.class, stored, node.resolve("orders.db"), node.resolve("orders.seq-map"), kind, when);
    }

    /** With a file map, the map is in use: see {@code SequenceMapCrashTest}. */
    @Test
    @Timeout(120)
    void recover_whileAnotherProcessRecovers_isRejectedAndThenUpToDate() throws Exception {
        Kind kind = Kind.TABLE;
        prepare(kind);
        reset();
        Path signs = Files.createDirectory(directory.resolve("signs"));
        CompletableFuture<ChildJvm.Result> other = CompletableFuture.supplyAsync(() -> {
            try {
                return child(kind, signs.toString());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!Files.exists(signs.resolve("there"))) {
            assertThat(other).isNotDone();
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThatThrownBy(() -> recover(kind, HookedFileOperations.counting()))
                .isInstanceOf(SnapshotInProgressException.class);
        Files.createFile(signs.resolve("go"));
        ChildJvm.Result result = other.get();
        assertThat(result.status()).as(result.output()).isZero();
        try (Replica replica = new Replica(node, kind, store, streams)) {
            assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
            replica.catchUp();
            assertThat(replica.rows(STREAM)).isEqualTo(all(60));
        }
    }
}
