package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The program of one of several processes on one store: takes, restores or prunes several times, and prints each
 * result. Each process has its own database, whose only row holds the number of its last write.
 */
final class TogetherProgram {

    static final String TAKEN = "taken";
    static final String LOST = "taken without lease";
    static final String WAITING = "waiting";
    static final String LATE = "late";
    static final String RESTORED = "restored";
    static final String GONE = "gone";
    static final String PRUNED = "pruned";
    static final String ENDED = "ended";
    static final String STOP = "stop";

    /** The role of a process. */
    enum Role {
        /** Takes snapshots. */
        TAKE,
        /** Restores the latest snapshot. */
        RESTORE,
        /** Takes a snapshot under a short lease, and waits before the commit for a line of standard input. */
        TAKE_UNDER_LEASE,
        /** Retires all but the latest two snapshots, and sweeps. */
        PRUNE
    }

    private final FileSystemSnapshotStore store;
    private final Path database;
    private final Duration grace;

    private TogetherProgram(FileSystemSnapshotStore store, Path database, Duration grace) {
        this.store = store;
        this.database = database;
        this.grace = grace;
    }

    /**
     * Arguments: store, database, role, maximum number of rounds, grace period. Ends earlier if the file {@link #STOP}
     * exists.
     */
    public static void main(String[] arguments) throws Exception {
        Path stop = Path.of(arguments[0]).resolveSibling(STOP);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]))) {
            TogetherProgram program = new TogetherProgram(store, Path.of(arguments[1]), Duration.parse(arguments[4]));
            int times = Integer.parseInt(arguments[3]);
            for (int time = 1; time <= times && !Files.exists(stop); time++) {
                print(program.run(Role.valueOf(arguments[2]), time));
            }
        }
        print(ENDED);
    }

    static void create(Path database) throws Exception {
        TestDatabase.run(
                database, "PRAGMA journal_mode = WAL", "CREATE TABLE writes (n INT)", "INSERT INTO writes VALUES (0)");
    }

    private String run(Role role, int time) throws Exception {
        return switch (role) {
            case TAKE -> take(time);
            case TAKE_UNDER_LEASE -> takeUnderLease();
            case RESTORE -> restore();
            case PRUNE -> prune();
        };
    }

    /** Takes a snapshot whose image is never behind its positions. */
    private String take(int time) throws Exception {
        TestDatabase.run(database, "UPDATE writes SET n = " + time);
        try {
            Positions positions = Positions.of("changes", StreamPosition.at(time));
            return TAKEN + " " + manager().take(positions).id();
        } catch (SnapshotConfigurationException e) {
            return LATE + " " + e.getMessage(); // The process was stopped for longer than the grace period allows.
        }
    }

    private String takeUnderLease() {
        PausingListener listener = new PausingListener();
        SnapshotId id = builder()
                .lease(new FileLease(database.resolveSibling("lease"), FileLease.MOMENT))
                .listener(listener)
                .build()
                .take()
                .id();
        return (listener.isLost ? LOST : TAKEN) + " " + id;
    }

    private String restore() {
        try {
            return RESTORED + " "
                    + manager().restore(RestoreRequest.latest()).snapshot().id();
        } catch (SnapshotNotFoundException e) {
            return GONE + " " + e.getMessage(); // The process was stopped for longer than the grace period.
        }
    }

    private String prune() {
        PruneRequest keeping = PruneRequest.retain(RetentionPolicy.keepLast(2)).gracePeriod(grace);
        return PRUNED + " "
                + SnapshotRepository.of("orders", store).prune(keeping).retired();
    }

    private SnapshotManager manager() {
        return builder().build();
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store).gracePeriod(grace);
    }

    /** Pauses a take before its commit, and records if its lease was lost. */
    private static final class PausingListener implements SnapshotListener {

        private boolean isLost;

        @Override
        public void stageStarted(Stage stage) {
            if (stage == Stage.COMMIT) {
                print(WAITING);
                try {
                    System.in.read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void leaseLost() {
            isLost = true;
        }
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
