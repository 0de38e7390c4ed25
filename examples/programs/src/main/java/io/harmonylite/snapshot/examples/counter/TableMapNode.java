package io.harmonylite.snapshot.examples.counter;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.examples.counter.LocalStream.Message;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Keeps positions in the database, in the transaction of each message. Each message is applied exactly once. */
final class TableMapNode extends CounterNode {

    private final TableSequenceMap positions;

    private TableMapNode(
            Path directory, SnapshotStore store, LocalStream stream, TableSequenceMap positions, Crash crash) {
        super(directory, store, stream, positions, crash);
        this.positions = positions;
    }

    static TableMapNode open(Path directory, SnapshotStore store, LocalStream stream, Crash crash) {
        return new TableMapNode(directory, store, stream, TableSequenceMap.create(), crash);
    }

    @Override
    Optional<StreamPosition> position(Connection connection) throws SQLException {
        return positions.in(connection).positions().of(LocalStream.NAME);
    }

    @Override
    void apply(Connection connection, Message message, Crash crash) throws SQLException {
        if (positions.in(connection).applied(LocalStream.NAME, message.position())) {
            execute(
                    connection,
                    "UPDATE counter SET total = total + " + message.amount() + ", applications = applications + 1");
        }
        crash.in(message); // Applied and recorded, but not committed yet.
        connection.commit();
    }
}
