package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.nats.FeedEnd;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/**
 * Applies the messages that wait for a node, until HarmonyLite can be started on its database. Its rows may be newer than
 * these messages: one that a message removes because of a UNIQUE value goes into quarantine.
 */
final class CatchUp {

    private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final HarmonyLiteApplier applier = HarmonyLiteApplier.create();
    private final Properties settings = new Properties();
    private final Path database;

    private CatchUp(Path database) {
        this.database = database;
        settings.setProperty("busy_timeout", Long.toString(BUSY_TIMEOUT.toMillis()));
        settings.setProperty("synchronous", "FULL"); // The map counts only durable changes.
    }

    /**
     * Checks a handover, and first applies messages until none is left.
     *
     * @param manager manager of the database, with the same streams and map
     * @throws HandoverRejectedException if messages arrive faster than they are applied, or HarmonyLite would restore its
     *     own snapshot although none is left
     */
    static HandoverReport run(SnapshotManager manager, Path database, NatsStreams streams, FileSequenceMap map) {
        try {
            return manager.handover();
        } catch (HandoverRejectedException e) {
            if (e.backlog() == 0) {
                throw e;
            }
        }
        try (NatsFeed feed = NatsFeed.builder(streams, map)
                .batchHandler(new CatchUp(database)::apply)
                .mergeByTime()
                .start()) {
            return await(manager, feed);
        }
    }

    private void apply(List<StreamMessage> messages) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database, settings)) {
            applier.applyAllWithoutCounting(connection, messages);
        }
    }

    private static HandoverReport await(SnapshotManager manager, NatsFeed feed) {
        long least = Long.MAX_VALUE;
        long since = System.nanoTime();
        while (true) {
            try {
                return manager.handover();
            } catch (HandoverRejectedException e) {
                if (e.backlog() < least) {
                    least = e.backlog();
                    since = System.nanoTime();
                }
                if (e.backlog() == 0 || System.nanoTime() - since > PATIENCE.toNanos()) {
                    throw e;
                }
            }
            feed.end().ifPresent(CatchUp::fail);
            pause();
        }
    }

    private static void fail(FeedEnd end) {
        if (end instanceof FeedEnd.Failed failed && failed.cause() instanceof SnapshotException cause) {
            throw cause;
        }
        throw new SnapshotException("not all messages were applied: " + end.sentence());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SnapshotInterruptedException("interrupted while messages were applied", e);
        }
    }
}
