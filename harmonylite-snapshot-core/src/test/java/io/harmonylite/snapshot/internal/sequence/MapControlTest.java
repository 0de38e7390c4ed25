package io.harmonylite.snapshot.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.ConnectionCustomizer;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.sequence.MapControl.Restoring;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How takes, restores and recovery read and set a map. */
class MapControlTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path directory;

    private final SqliteConnector connector = new SqliteConnector(ConnectionCustomizer.none(), Duration.ofSeconds(5));
    private DatabasePath database;
    private Path file;

    @BeforeEach
    void setUp() throws SQLException {
        file = directory.resolve("map");
        Path path = directory.resolve("orders.db");
        TestDatabase.run(path, "PRAGMA journal_mode = WAL", "CREATE TABLE data (n INTEGER PRIMARY KEY)");
        database = DatabasePath.resolve(path);
    }

    private MapControl control(SequenceMap map) {
        return MapControl.of(map, database, connector);
    }

    private static StreamPosition at(long sequence) {
        return StreamPosition.at(sequence);
    }

    private static void skip(FileSequenceMap map, long to) {
        map.skipped("s", new SequenceRange(1, to));
    }

    @Test
    void capture_fileMap_beginsWhileNoActionRuns() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch resume = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (FileSequenceMap map = FileSequenceMap.open(file);
                LiveDatabase live = LiveDatabase.connect(database, connector)) {
            Future<Boolean> applying = threads.submit(() -> map.apply("s", at(1), () -> {
                entered.countDown();
                resume.await();
                TestDatabase.run(database.file(), "INSERT INTO data VALUES (1)");
            }));
            entered.await();
            Future<Positions> captured =
                    threads.submit(() -> control(map).hold(live).positions());
            resume.countDown();
            assertThat(captured.get()).isEqualTo(Positions.of("s", at(1)));
            assertThat(applying.get()).isTrue();
            map.apply("s", at(2), () -> TestDatabase.run(database.file(), "INSERT INTO data VALUES (2)"));
            long rows =
                    live.read(connection -> Long.valueOf(TestDatabase.value(connection, "SELECT count(*) FROM data")));
            assertThat(rows).as("the image matches the positions").isEqualTo(1);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void capture_tableMap_readsPositionsInSameTransaction() throws SQLException {
        TableSequenceMap map = TableSequenceMap.create();
        try (LiveDatabase live = LiveDatabase.connect(database, connector);
                Connection host = TestDatabase.open(database.file())) {
            host.setAutoCommit(false);
            map.in(host).applied("s", at(1));
            host.commit();
            map.in(host).applied("s", at(2));
            assertThat(control(map).hold(live).positions()).isEqualTo(Positions.of("s", at(1)));
            host.commit();
            Positions again = live.read(
                    connection -> new PositionTables(connection).read().positions());
            assertThat(again).isEqualTo(Positions.of("s", at(1)));
        }
    }

    @Test
    void anyCall_insideAction_isRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            MapControl control = control(map);
            map.apply("s", at(1), () -> {
                assertThatThrownBy(control::requireOutsideAction).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(control::read).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(control::beginRestore).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> control.put(Positions.none())).isInstanceOf(IllegalStateException.class);
            });
            control.requireOutsideAction();
        }
    }

    @Test
    void restore_installed_setsPositionsAndDropsAheadRanges() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            skip(map, 100);
            map.published("s", at(200));
            map.applied("t", at(1));
            MapControl control = control(map);
            try (Restoring restoring = control.beginRestore()) {
                assertThatThrownBy(() -> map.apply("s", at(101), () -> {}))
                        .isInstanceOf(ConcurrentRestoreException.class);
                assertThatThrownBy(() -> map.published("s", at(201))).isInstanceOf(ConcurrentRestoreException.class);
                assertThatThrownBy(control::beginRestore).isInstanceOf(SnapshotInProgressException.class);
                restoring.installed(Positions.of("s", at(40)), "restore-1");
            }
            assertThat(map.positions()).isEqualTo(Positions.of("s", at(40)));
            assertThat(FileSequenceMap.read(file).restoreId()).contains("restore-1");
            assertThat(FileSequenceMap.read(file).positions()).isEqualTo(Positions.of("s", at(40)));
            assertThat(control.read().ahead()).isEmpty();
            assertThat(map.apply("s", at(41), () -> {})).isTrue();
        }
    }

    @Test
    void restore_failed_keepsMap() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            skip(map, 100);
            control(map).beginRestore().close();
            assertThat(map.apply("s", at(101), () -> {})).isTrue();
        }
    }

    @Test
    void restore_uncertain_rejectsCountsUntilReconciled() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            skip(map, 100);
            MapControl control = control(map);
            try (Restoring restoring = control.beginRestore()) {
                restoring.uncertain();
            }
            assertThatThrownBy(() -> map.applied("s", at(101))).isInstanceOf(ConcurrentRestoreException.class);
            control.reconcile(Positions.of("s", at(40)), "restore-1");
            assertThat(map.applied("s", at(41))).isTrue();
        }
    }

    @Test
    void restore_countWaitingSinceBefore_isRejected() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch resume = new CountDownLatch(1);
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            Future<Boolean> applying = threads.submit(() -> map.apply("t", at(1), () -> {
                entered.countDown();
                resume.await();
            }));
            entered.await();
            Thread[] waiting = new Thread[1];
            CountDownLatch started = new CountDownLatch(1);
            Future<?> restored = threads.submit(() -> {
                waiting[0] = Thread.currentThread();
                started.countDown();
                try (Restoring restoring = control(map).beginRestore()) {
                    restoring.installed(Positions.of("s", at(0)), "restore-1");
                }
            });
            started.await();
            while (waiting[0].getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Thread[] counting = new Thread[1];
            CountDownLatch begun = new CountDownLatch(1);
            ExecutorService third = Executors.newSingleThreadExecutor();
            Future<Boolean> count = third.submit(() -> {
                counting[0] = Thread.currentThread();
                begun.countDown();
                return map.applied("s", at(1));
            });
            begun.await();
            while (counting[0].getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            resume.countDown();
            restored.get();
            assertThat(applying.get()).isTrue();
            assertThatThrownBy(count::get).hasRootCauseInstanceOf(ConcurrentRestoreException.class);
            assertThat(map.positions()).isEqualTo(Positions.of("s", at(0)));
            third.shutdown();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void put_someStreams_keepsOthers() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            skip(map, 10);
            map.published("s", at(20));
            MapControl control = control(map);
            control.put(Positions.of("t", new StreamPosition(0, null, CREATED)));
            assertThat(FileSequenceMap.read(file).positions())
                    .isEqualTo(Positions.of("s", at(10)).with("t", new StreamPosition(0, null, CREATED)));
            control.put(Positions.of("s", at(19)));
            assertThat(map.positions().of("s"))
                    .as("advances through the adjacent range")
                    .contains(at(20));
            assertThat(map.apply("t", at(1), () -> {})).isTrue();
            assertThat(map.positions().of("t")).contains(new StreamPosition(1, null, CREATED));
        }
    }

    @Test
    void put_endOfAheadRange_dropsRangeAndTimestamp() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.published("s", new StreamPosition(20, CREATED, null));
            control(map).put(Positions.of("s", at(20)));
            assertThat(map.positions()).isEqualTo(Positions.of("s", at(20)));
            assertThat(control(map).read().ahead()).isEmpty();
        }
    }

    @Test
    void put_unstorableTimes_areRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            for (MapControl control : List.of(control(map), control(TableSequenceMap.create()))) {
                for (StreamPosition wrong :
                        List.of(new StreamPosition(1, Instant.MAX, null), new StreamPosition(1, null, Instant.MIN))) {
                    Positions positions = Positions.of("s", wrong);
                    assertThatThrownBy(() -> control.put(positions)).isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> control.restart(positions, null, "b1"))
                            .isInstanceOf(IllegalArgumentException.class);
                }
                assertThat(control.read().positions()).isEqualTo(Positions.none());
            }
        }
    }

    @Test
    void put_otherCreationTime_dropsAheadRanges() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.published("s", new StreamPosition(5, null, CREATED));
            MapControl control = control(map);
            control.put(Positions.of("s", new StreamPosition(4, null, CREATED.plusSeconds(1))));
            assertThat(map.positions().of("s").orElseThrow().sequence()).isEqualTo(4);
        }
    }

    @Test
    void put_tableMap_writesTables() throws Exception {
        TableSequenceMap map = TableSequenceMap.create();
        control(map).put(Positions.of("s", new StreamPosition(0, null, CREATED)));
        assertThat(control(map).read().positions()).isEqualTo(Positions.of("s", new StreamPosition(0, null, CREATED)));
        Files.delete(database.file());
        assertThat(control(map).read().positions()).as("no database").isEqualTo(Positions.none());
    }

    @Test
    void read_adoptedMap_missingStreamsAreAtZero() throws Exception {
        Files.write(file, new byte[] {(byte) 0xa1, 0x61, 's', 7});
        try (FileSequenceMap map = FileSequenceMap.adopt(file)) {
            assertThat(control(map).read().rest()).isEqualTo(Rest.AT_ZERO);
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(control(map).read().rest()).isEqualTo(Rest.AT_ZERO);
        }
        try (FileSequenceMap map = FileSequenceMap.adopt(directory.resolve("new"))) {
            assertThat(control(map).read().rest()).as("empty or missing file").isEqualTo(Rest.UNKNOWN);
        }
    }

    @Test
    void stage_tableMap_writesOnlySnapshotPositions() throws SQLException {
        TableSequenceMap map = TableSequenceMap.create();
        try (Connection staged = TestDatabase.open(directory.resolve("staged.db"));
                Restoring restoring = control(map).beginRestore()) {
            staged.setAutoCommit(false);
            map.in(staged).applied("gone", at(1));
            map.in(staged).published("s", at(6));
            restoring.stage(staged, Positions.of("s", at(5)), "r1");
            assertThat(map.in(staged).positions()).isEqualTo(Positions.of("s", at(5)));
            assertThat(TestDatabase.value(staged, "SELECT count(*) FROM __harmonylite__snapshot_ahead"))
                    .isEqualTo("0");
        }
    }
}
