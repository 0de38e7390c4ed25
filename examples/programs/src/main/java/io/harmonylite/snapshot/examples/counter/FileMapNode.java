package io.harmonylite.snapshot.examples.counter;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.examples.counter.LocalStream.Message;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Keeps positions in a file. After a crash a message may be applied again, so applying a message is idempotent.
 */
final class FileMapNode extends CounterNode {

    private final FileSequenceMap positions;

    private FileMapNode(
            Path directory, SnapshotStore store, LocalStream stream, FileSequenceMap positions, Crash crash) {
        super(directory, store, stream, positions, crash);
        this.positions = positions;
    }

    static FileMapNode open(Path directory, SnapshotStore store, LocalStream stream, Crash crash) {
        FileSequenceMap positions = FileSequenceMap.open(directory.resolve("counter.seq-map"));
        return new FileMapNode(directory, store, stream, positions, crash);
    }

    @Override
    Optional<StreamPosition> position(Connection connection) {
        return positions.positions().of(LocalStream.NAME);
    }

    @Override
    void apply(Connection connection, Message message, Crash crash) throws SQLException {
        positions.apply(LocalStream.NAME, message.position(), () -> {
            execute(
                    connection,
                    "INSERT OR IGNORE INTO entry VALUES (" + message.sequence() + ", " + message.amount() + ")");
            execute(
                    connection,
                    "UPDATE counter SET total = (SELECT sum(amount) FROM entry), applications = applications + 1");
            connection.commit();
            crash.in(message); // Committed, but the position is not recorded yet.
        });
    }
}
