package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting in a table map, in the transactions of the host. */
class TableSequenceMapTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final Instant TIME = Instant.parse("2026-11-25T08:00:00.000000001Z");

    @TempDir
    Path directory;

    private final TableSequenceMap map = TableSequenceMap.create();
    private Path database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "PRAGMA journal_mode = WAL", "CREATE TABLE data (n INTEGER PRIMARY KEY)");
        connection = TestDatabase.open(database);
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static StreamPosition at(long sequence) {
        return StreamPosition.at(sequence);
    }

    private static StreamPosition known(long sequence) {
        return new StreamPosition(sequence, TIME.plusSeconds(sequence), CREATED);
    }

    private void apply(StreamPosition at) throws SQLException {
        if (map.in(connection).applied("s", at)) {
            TestDatabase.run(connection, "INSERT INTO data VALUES (" + at.sequence() + ")");
        }
    }

    private Positions committed() throws SQLException {
        try (Connection other = TestDatabase.open(database)) {
            return map.in(other).positions();
        }
    }

    @Test
    void positions_noTables_areNoneAndNothingIsCreated() throws SQLException {
        assertThat(committed()).isEqualTo(Positions.none());
        assertThat(TestDatabase.value(
                        database, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '\\_\\_harmony%' ESCAPE '\\'"))
                .isEqualTo("0");
    }

    @Test
    void positions_tableWithOtherColumns_isRejectedWithItsColumns() throws SQLException {
        TestDatabase.run(database, "CREATE TABLE __harmonylite__snapshot_positions (stream TEXT, sequence INTEGER)");
        assertThatThrownBy(this::committed)
                .isExactlyInstanceOf(CorruptSequenceMapException.class)
                .hasMessageContainingAll(
                        "__harmonylite__snapshot_positions", "[stream, sequence]", "created", "rename or drop");
    }

    @Test
    void applied_committed_isVisibleToOtherConnections() throws SQLException {
        for (long n = 1; n <= 3; n++) {
            apply(known(n));
            connection.commit();
        }
        assertThat(committed()).isEqualTo(Positions.of("s", known(3)));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM data")).isEqualTo("3");
    }

    @Test
    void applied_rolledBack_isNotCounted() throws SQLException {
        apply(known(1));
        connection.commit();
        apply(known(2));
        assertThat(map.in(connection).positions()).isEqualTo(Positions.of("s", known(2)));
        connection.rollback();
        assertThat(map.in(connection).positions()).isEqualTo(Positions.of("s", known(1)));
        apply(known(2));
        connection.commit();
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM data")).isEqualTo("2");
    }

    @Test
    void applied_firstTransactionRolledBack_createsTheTablesAgain() throws SQLException {
        apply(known(1));
        connection.rollback();
        apply(known(1));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", known(1)));
    }

    @Test
    void applied_again_isFalse() throws SQLException {
        apply(known(1));
        assertThat(map.in(connection).applied("s", known(1))).isFalse();
        apply(known(2));
        connection.commit();
        assertThat(map.in(connection).applied("s", known(1))).isFalse();
        assertThat(map.in(connection).applied("s", known(2))).isFalse();
    }

    @Test
    void applied_sequenceGap_isRejectedAndTheTransactionContinues() throws SQLException {
        apply(known(1));
        assertThatThrownBy(() -> apply(known(3))).isInstanceOf(OutOfSequenceException.class);
        apply(known(2));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", known(2)));
    }

    @Test
    void d04_publishedWhileOthersWait_positionStaysUntilTheyAreApplied() throws SQLException {
        apply(known(1));
        map.in(connection).published("s", known(5));
        map.in(connection).published("s", known(6));
        map.in(connection).published("s", known(9));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", known(1)));
        for (long n = 2; n <= 7; n++) {
            apply(known(n));
            connection.commit();
        }
        assertThat(committed()).isEqualTo(Positions.of("s", known(7)));
        assertThat(TestDatabase.value(database, "SELECT group_concat(n) FROM data"))
                .isEqualTo("'1,2,3,4,7'");
        apply(known(8));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", known(9)));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM __harmonylite__snapshot_ahead"))
                .isEqualTo("0");
    }

    @Test
    void published_nextOrCountedBefore_returnsWhich() throws SQLException {
        TableSequenceMap.InTransaction in = map.in(connection);
        assertThat(in.published("s", at(1))).as("the first").isTrue();
        assertThat(in.published("s", at(2))).as("the next").isTrue();
        assertThat(in.published("s", at(2))).as("again").isFalse();
        assertThat(in.published("s", at(5))).as("ahead").isTrue();
        assertThat(in.skipped("s", new SequenceRange(3, 4)))
                .as("the gap between ranges")
                .isTrue();
        assertThat(in.skipped("s", new SequenceRange(3, 5))).as("again").isFalse();
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", at(5)));
    }

    @Test
    void published_streamWithoutPosition_isAt0() throws SQLException {
        map.in(connection).published("s", known(7));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", new StreamPosition(0, null, known(7).streamCreated())));
        map.in(connection).skipped("s", new SequenceRange(1, 6));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", known(7)));
    }

    @Test
    void published_tooManyRanges_isRejected() throws SQLException {
        map.in(connection).published("s", at(2));
        String range = TestDatabase.value(
                connection, "SELECT stream || ' ' || first || ' ' || last FROM __harmonylite__snapshot_ahead");
        assertThat(range).isEqualTo("'s 2 2'");
        TestDatabase.run(
                connection,
                TestDatabase.fill(
                        "__harmonylite__snapshot_ahead",
                        "stream, first, last",
                        "'s', 2 * i + 2, 2 * i + 2",
                        SequenceMap.MAX_AHEAD_RANGES - 1));
        assertThatThrownBy(() -> map.in(connection).published("s", at(1_000_000)))
                .isInstanceOf(IllegalStateException.class);
        connection.commit();
        map.in(connection).applied("s", at(1));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", at(2)));
    }

    @Test
    void applied_invalidArguments_areRejected() {
        TableSequenceMap.InTransaction in = map.in(connection);
        assertThatThrownBy(() -> in.applied("s", at(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.published("s", at(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.skipped("s", new SequenceRange(0, 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.skipped("s", new SequenceRange(2, 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.applied("", at(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.published("", at(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.skipped("", new SequenceRange(1, 2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> in.applied("half \ud800", at(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void d20_streamOfAnotherCreationTime_isRejected() throws SQLException {
        apply(known(1));
        connection.commit();
        StreamPosition anew = new StreamPosition(2, TIME, CREATED.plusNanos(1));
        assertThatThrownBy(() -> map.in(connection).applied("s", anew)).isInstanceOf(OutOfSequenceException.class);
        assertThatThrownBy(() -> map.in(connection).applied("s", new StreamPosition(1, TIME, CREATED)))
                .as("the same sequence at another time")
                .isInstanceOf(OutOfSequenceException.class);
    }

    @Test
    void applied_identityLearnedLater_isKept() throws SQLException {
        apply(at(1));
        apply(known(2));
        apply(at(3));
        connection.commit();
        assertThat(committed()).isEqualTo(Positions.of("s", new StreamPosition(3, null, CREATED)));
    }

    @Test
    void applied_noTransaction_isRejected() throws SQLException {
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> map.in(connection).applied("s", at(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Switch auto-commit off");
        assertThatThrownBy(() -> map.in(connection).published("s", at(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> map.in(connection).skipped("s", new SequenceRange(1, 1)))
                .isInstanceOf(IllegalStateException.class);
        TestDatabase.run(connection, "INSERT INTO data VALUES (1)");
        assertThat(committed()).isEqualTo(Positions.none());
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM data"))
                .as("no transaction was left open")
                .isEqualTo("1");
    }

    @Test
    void applied_transactionBegunBySql_isAccepted() throws SQLException {
        connection.setAutoCommit(true);
        TestDatabase.run(connection, "BEGIN");
        map.in(connection).applied("s", at(1));
        TestDatabase.run(connection, "COMMIT");
        assertThat(committed()).isEqualTo(Positions.of("s", at(1)));
    }

    @Test
    void applied_anotherWriterBetweenTransactions_waitsForTheLockInsteadOfFailing() throws Exception {
        apply(at(1));
        connection.commit();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "BEGIN IMMEDIATE", "INSERT INTO data VALUES (100)");
            TestDatabase.run(connection, "PRAGMA busy_timeout = 60000");
            connection.commit();
            Future<Boolean> waiting = other.submit(() -> map.in(connection).applied("s", at(2)));
            TestDatabase.run(writer, "INSERT INTO data VALUES (101)", "COMMIT");
            assertThat(waiting.get()).isTrue();
            connection.commit();
        } finally {
            other.shutdown();
        }
        assertThat(committed()).isEqualTo(Positions.of("s", at(2)));
    }

    @Test
    void positions_invalidRow_isAnErrorThatNamesTheTable() throws SQLException {
        apply(at(1));
        connection.commit();
        TestDatabase.run(connection, "UPDATE __harmonylite__snapshot_positions SET sequence = -7");
        assertThatThrownBy(() -> map.in(connection).positions())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("__harmonylite__snapshot_positions");
    }
}
