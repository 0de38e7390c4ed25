package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Injects each fault of the local machine at each step of each operation: the disk is full at a file operation, the
 * thread is interrupted before one, or the host's clock jumps by years. The database stays sound, the next run
 * succeeds, and it ends with the same data.
 */
class LocalFaultsTest {

    private static final Set<String> NEEDING_SPACE = Set.of(
            "create", "write", "sync", "createDirectory", "createPrivateDirectory", "syncDirectory", "link", "rename");

    @TempDir
    static Path place;

    private static NodeTemplate template;

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = template.store.copy();

    /** States after a first run from which a second run succeeded. It is not repeated from an equal state. */
    private final Set<Set<String>> repeated = new HashSet<>();

    @BeforeAll
    static void createTemplate() throws Exception {
        template = new NodeTemplate(place);
    }

    private static SnapshotManager manager(Replica node, HookedFileOperations files) {
        return node.builder()
                .retention(RetentionPolicy.keepLast(1))
                .files(files)
                .build();
    }

    private static @Nullable SnapshotException thrownBy(StoreOperation operation, SnapshotManager manager) {
        try {
            operation.run(template, manager);
            return null;
        } catch (SnapshotException e) {
            return e;
        }
    }

    /** Returns whether only the sync of the directory failed, after the rename that installed the new database. */
    private static boolean saysThatItWasReplaced(SnapshotException thrown) {
        return String.valueOf(thrown.getMessage())
                .contains("was replaced, but its directory could not be made durable");
    }

    private void assertSound(String what, StoreOperation operation, Replica node) throws Exception {
        if (operation != StoreOperation.RECOVER) {
            assertThat(TestDatabase.value(node.database, "PRAGMA integrity_check"))
                    .as(what)
                    .isEqualTo("'ok'");
            assertThat(node.rows(NodeTemplate.STREAM).size()).as(what).isBetween(8, 9);
        }
        template.assertStoreIsWhole(store, true);
    }

    private void assertSecondRunSucceeds(StoreOperation operation, Path home) throws Exception {
        Set<String> state = NodeTemplate.state(home, store);
        if (repeated.contains(state)) {
            return;
        }
        try (Replica node = new Replica(home, Kind.FILE, store, template.streams)) {
            operation.run(template, NodeTemplate.manager(node));
            NodeTemplate.assertNodeIsWhole(node, false);
            if (operation.isRestoring()) {
                node.manager().recover();
                NodeTemplate.assertCatchesUp(node);
            }
        }
        repeated.add(state);
    }

    @ParameterizedTest
    @EnumSource(names = {"TAKE", "VERIFY", "RESTORE", "RESTORE_ONLINE", "RECOVER", "PROVE"})
    void anyOperation_diskFullAtAnyFileOperation_isReportedAndTheNextRunSucceeds(StoreOperation operation)
            throws Exception {
        List<String> calls = runWithFullDisk(operation, Integer.MAX_VALUE);
        assertThat(calls).hasSizeGreaterThan(2);
        int faults = 0;
        for (int k = 0; k < calls.size(); k++) {
            if (needsSpace(calls.get(k))) {
                List<String> made = runWithFullDisk(operation, k);
                assertThat(needsSpace(made.get(k))).as("%s of %s", k, made).isTrue();
                faults++;
            }
        }
        assertThat(faults).isPositive();
    }

    private static boolean needsSpace(String call) {
        return NEEDING_SPACE.contains(call.split(" ", 2)[0]);
    }

    /** Runs an operation with a full disk at file operation {@code k}, and returns the file operations. */
    private List<String> runWithFullDisk(StoreOperation operation, int k) throws Exception {
        HookedFileOperations files = new HookedFileOperations((number, call) -> {
            if (number == k && NEEDING_SPACE.contains(call)) {
                throw new FileSystemException("x", null, "No space left on device");
            }
        });
        Path home = directory.resolve("home-" + k);
        try (Replica node = template.copy(home, store)) {
            operation.prepare(node);
            SnapshotException thrown = thrownBy(operation, manager(node, files));
            String what = operation + ", full at " + k + " of " + files.log() + ": " + thrown;
            if (!(thrown instanceof InsufficientSpaceException)) {
                assertThat(thrown == null || saysThatItWasReplaced(thrown))
                        .as(what)
                        .isTrue();
            }
            assertSound(what, operation, node);
        }
        assertSecondRunSucceeds(operation, home);
        return files.log();
    }

    @ParameterizedTest
    @EnumSource(names = {"TAKE", "RESTORE"})
    void takeAndRestore_interruptedBeforeAnyFileOperation_endOrCompleteAndKeepTheFlag(StoreOperation operation)
            throws Exception {
        interruptBeforeAnyFileOperation(operation);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"VERIFY", "RESTORE_ONLINE", "RECOVER", "PROVE"})
    void others_interruptedBeforeAnyFileOperation_endOrCompleteAndKeepTheFlag(StoreOperation operation)
            throws Exception {
        interruptBeforeAnyFileOperation(operation);
    }

    private void interruptBeforeAnyFileOperation(StoreOperation operation) throws Exception {
        Thread operating = Thread.currentThread();
        HookedFileOperations files;
        int k = 0;
        do {
            int interrupted = k;
            files = new HookedFileOperations((number, call) -> {
                if (number == interrupted) {
                    operating.interrupt();
                }
            });
            Path home = directory.resolve("home-" + k);
            try (Replica node = template.copy(home, store)) {
                operation.prepare(node);
                SnapshotException thrown = thrownBy(operation, manager(node, files));
                boolean isFlagKept = Thread.interrupted();
                String what = operation + ", interrupted at " + k + " of " + files.log() + ": " + thrown;
                assertThat(isFlagKept).as(what).isEqualTo(files.log().size() > k);
                if (thrown != null) {
                    assertThat(thrown).as(what).isInstanceOf(SnapshotInterruptedException.class);
                }
                assertSound(what, operation, node);
            }
            assertSecondRunSucceeds(operation, home);
            k++;
        } while (files.log().size() >= k);
        assertThat(k).isGreaterThan(2);
    }

    /** Returns a clock that jumps by years, forward and back, at each reading. */
    private static InstantSource jumping() {
        List<Instant> times = List.of(
                Instant.parse("2026-11-24T09:30:00Z"),
                Instant.parse("1990-01-01T00:00:00Z"),
                Instant.parse("2100-01-01T00:00:00Z"));
        AtomicInteger readings = new AtomicInteger();
        return () -> times.get(readings.getAndIncrement() % times.size());
    }

    @ParameterizedTest
    @EnumSource
    void anyOperation_hostClockJumpsByYears_succeeds(StoreOperation operation) throws Exception {
        InstantSource clock = jumping();
        for (int round = 0; round < 3; round++) {
            Path home = directory.resolve("home-" + round);
            try (Replica node = template.copy(home, store)) {
                operation.prepare(node);
                operation.run(
                        template,
                        node.builder()
                                .retention(RetentionPolicy.keepLast(1))
                                .clock(clock)
                                .build());
                NodeTemplate.assertNodeIsWhole(node, false);
                template.assertStoreIsWhole(
                        store, operation != StoreOperation.PRUNE && operation != StoreOperation.TAKE);
                node.manager().recover();
                NodeTemplate.assertCatchesUp(node);
            }
        }
    }

    /** Ages come from the clock of the store. */
    @Test
    void prune_hostClockYearsAhead_keepsYoungSnapshots() throws Exception {
        SnapshotManager manager;
        try (Replica node = template.copy(directory.resolve("home"), store)) {
            manager = node.builder()
                    .retention(RetentionPolicy.keepYoungerThan(Duration.ofDays(30)))
                    .clock(InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z")))
                    .build();
            PruneReport report = manager.prune();
            assertThat(report.retired()).isEmpty();
            assertThat(manager.list().snapshots())
                    .extracting(SnapshotInfo::id)
                    .containsExactly(template.older, template.latest);
        }
    }
}
