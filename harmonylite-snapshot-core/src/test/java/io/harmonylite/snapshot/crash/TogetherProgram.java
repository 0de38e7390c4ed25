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
 * Another process's part beside others on one store: takes, restores, or prunes so many times, and says what came of each
 * time. Each process has a database of its own, whose only row says how often it was written.
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
    static final String OVER = "over";

    /** What a process does. */
    enum Part {
        /** Takes. */
        TAKE,
        /** Restores the latest snapshot. */
        RESTORE,
        /** Takes under a lease that ends after a moment, and waits in the middle for a line of standard input. */
        TAKE_UNDER_LEASE,
        /** Retires all but the latest two, and sweeps. */
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

    /** Arguments: store, database, part, how often at most, grace period. Ends before where the file {@link #OVER} is there. */
    public static void main(String[] arguments) throws Exception {
        Path over = Path.of(arguments[0]).resolveSibling(OVER);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]))) {
            TogetherProgram program = new TogetherProgram(store, Path.of(arguments[1]), Duration.parse(arguments[4]));
            int times = Integer.parseInt(arguments[3]);
            for (int time = 1; time <= times && !Files.exists(over); time++) {
                say(program.run(Part.valueOf(arguments[2]), time));
            }
        }
        say(ENDED);
    }

    static void create(Path database) throws Exception {
        TestDatabase.run(
                database, "PRAGMA journal_mode = WAL", "CREATE TABLE writes (n INT)", "INSERT INTO writes VALUES (0)");
    }

    private String run(Part part, int time) throws Exception {
        return switch (part) {
            case TAKE -> take(time);
            case TAKE_UNDER_LEASE -> takeUnderLease();
            case RESTORE -> restore();
            case PRUNE -> prune();
        };
    }

    /** The image is never behind its positions. */
    private String take(int time) throws Exception {
        TestDatabase.run(database, "UPDATE writes SET n = " + time);
        try {
            Positions positions = Positions.of("changes", StreamPosition.at(time));
            return TAKEN + " " + manager().take(positions).id();
        } catch (SnapshotConfigurationException e) {
            return LATE + " " + e.getMessage(); // It was paused for longer than the grace period allows.
        }
    }

    private String takeUnderLease() {
        Interrupted interrupted = new Interrupted();
        SnapshotId id = builder()
                .lease(new FileLease(database.resolveSibling("lease"), FileLease.MOMENT))
                .listener(interrupted)
                .build()
                .take()
                .id();
        return (interrupted.isLost ? LOST : TAKEN) + " " + id;
    }

    private String restore() {
        try {
            return RESTORED + " "
                    + manager().restore(RestoreRequest.latest()).snapshot().id();
        } catch (SnapshotNotFoundException e) {
            return GONE + " " + e.getMessage(); // Paused for longer than the grace period as well.
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

    /** Waits in the middle of a take, and hears whether its lease was lost. */
    private static final class Interrupted implements SnapshotListener {

        private boolean isLost;

        @Override
        public void stageStarted(Stage stage) {
            if (stage == Stage.COMMIT) {
                say(WAITING);
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

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
