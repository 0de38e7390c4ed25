package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.ForgetfulFileOperations;
import io.harmonylite.snapshot.internal.file.ForgetfulFileOperations.Names;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Crashes and power cuts while a map counts: they leave the old or the new positions. */
class SequenceMapCrashTest {

    @TempDir
    Path directory;

    private static long sequence(FileSequenceMap map) {
        return map.positions().of("s").map(StreamPosition::sequence).orElse(0L);
    }

    private static int operationsOf(Path file) {
        HookedFileOperations counting = HookedFileOperations.counting();
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(counting).open()) {
            map.applied("s", StreamPosition.at(1));
            map.applied("s", StreamPosition.at(2));
        }
        return counting.log().size();
    }

    @ParameterizedTest
    @EnumSource(Names.class)
    void powerCut_atEveryFileOperation_keepsAcknowledgedMessagesOrOneMore(Names names) throws IOException {
        int operations = operationsOf(directory.resolve("counted"));
        for (int at = 0; at <= operations; at++) {
            Path file =
                    Files.createDirectory(directory.resolve(names + "-" + at)).resolve("map");
            long acknowledged = countUntilPowerIsCut(file, at, names);
            try (FileSequenceMap map = FileSequenceMap.open(file)) {
                assertThat(sequence(map)).as("cut at %d", at).isBetween(acknowledged, acknowledged + 1);
                assertThat(acknowledged).isEqualTo(at == operations ? 2 : Math.min(acknowledged, 1));
            }
        }
    }

    private static long countUntilPowerIsCut(Path file, int at, Names names) throws IOException {
        boolean[] off = {false};
        ForgetfulFileOperations files = new ForgetfulFileOperations((number, operation) -> {
            off[0] |= number == at;
            if (off[0]) {
                throw new IOException("no power");
            }
        });
        long acknowledged = 0;
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            map.applied("s", StreamPosition.at(1));
            acknowledged = 1;
            map.applied("s", StreamPosition.at(2));
            acknowledged = 2;
        } catch (SnapshotException e) {
            assertThat(e).hasRootCauseMessage("no power");
        }
        files.cutPower(names);
        return acknowledged;
    }

    @Test
    @Tag("slow")
    void halt_atEveryFileOperation_keepsAcknowledgedMessagesOrOneMore() throws Exception {
        int operations = operationsOf(directory.resolve("counted"));
        for (int at = 0; at < operations; at++) {
            haltFileMap(at);
        }
    }

    @Test
    void halt_betweenSyncAndRename_keepsAcknowledgedMessages() throws Exception {
        haltFileMap(operationsOf(directory.resolve("counted")) - 2);
    }

    private void haltFileMap(int at) throws Exception {
        Path file = directory.resolve("map-" + at);
        Process process = SequenceMapCrash.start("file", file.toString(), String.valueOf(at));
        long acknowledged = SequenceMapCrash.lastNumber(process);
        assertThat(process.waitFor()).isEqualTo(SequenceMapCrash.HALTED);
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(sequence(map)).as("halted at %d", at).isBetween(acknowledged, acknowledged + 1);
            map.apply("s", StreamPosition.at(sequence(map) + 1), () -> {});
        }
    }

    @Test
    void d19_mapOpenInAnotherProcess_isRejectedUntilItEnds() throws Exception {
        Path file = directory.resolve("map");
        Process process = SequenceMapCrash.start("hold", file.toString(), "0");
        try {
            assertThat(process.getInputStream().read()).as("it has counted").isEqualTo('1');
            assertThatThrownBy(() -> FileSequenceMap.open(file))
                    .isInstanceOf(SequenceMapInUseException.class)
                    .hasMessageContaining("another process");
            assertThatThrownBy(() -> FileSequenceMap.adopt(file)).isInstanceOf(SequenceMapInUseException.class);
            assertThat(FileSequenceMap.read(file).positions().of("s")).contains(StreamPosition.at(1));
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(sequence(map)).isEqualTo(1);
        }
    }

    private byte[] template;

    private Path database(String name) throws SQLException, IOException {
        Path database = directory.resolve(name);
        if (template == null) {
            TestDatabase.run(database, "PRAGMA journal_mode = WAL", "CREATE TABLE data (n INTEGER PRIMARY KEY)");
            template = Files.readAllBytes(database);
        }
        return Files.write(database, template);
    }

    private int callsOfTwoTransactions() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Connection connection =
                SequenceMapCrash.hooked(TestDatabase.open(database("counted.db")), calls::incrementAndGet)) {
            connection.setAutoCommit(false);
            SequenceMapCrash.applyTwo(connection, n -> {});
        }
        return calls.get();
    }

    @Test
    void tableMap_connectionLostAtAnyCall_keepsDataAndPositionConsistent() throws Exception {
        int calls = callsOfTwoTransactions();
        assertThat(calls).isGreaterThan(30);
        for (int at = 0; at < calls; at++) {
            Path database = database("lost-" + at + ".db");
            AtomicLong acknowledged = new AtomicLong();
            loseConnectionAt(at, database, acknowledged);
            assertConsistent(database, acknowledged.get(), at);
        }
    }

    private static void loseConnectionAt(int at, Path database, AtomicLong acknowledged) throws Exception {
        AtomicInteger number = new AtomicInteger();
        try (Connection raw = TestDatabase.open(database)) {
            TestDatabase.withoutSyncs(raw);
            Connection connection = SequenceMapCrash.hooked(raw, () -> {
                if (number.getAndIncrement() >= at) {
                    throw new IllegalMonitorStateException("lost");
                }
            });
            connection.setAutoCommit(false);
            SequenceMapCrash.applyTwo(connection, acknowledged::set);
        } catch (IllegalMonitorStateException e) {
            assertThat(e).hasMessage("lost");
        }
    }

    @Test
    @Tag("slow")
    void tableMap_haltAtAnyCall_keepsDataAndPositionConsistent() throws Exception {
        int calls = callsOfTwoTransactions();
        for (int at = 0; at < calls; at++) {
            haltTableMap(at);
        }
    }

    @Test
    void tableMap_haltAtTheLastCommit_keepsDataAndPositionConsistent() throws Exception {
        int calls = callsOfTwoTransactions(); // The last four are before and after the commit and the close.
        haltTableMap(calls - 4);
        haltTableMap(calls - 3);
    }

    private void haltTableMap(int at) throws Exception {
        Path database = database("halted-" + at + ".db");
        Process process = SequenceMapCrash.start("table", database.toString(), String.valueOf(at));
        long acknowledged = SequenceMapCrash.lastNumber(process);
        assertThat(process.waitFor()).isEqualTo(SequenceMapCrash.HALTED);
        assertConsistent(database, acknowledged, at);
    }

    /**
     * Asserts that data and position match and nothing acknowledged is missing. The third message was published before.
     */
    private static void assertConsistent(Path database, long acknowledged, int at) throws SQLException {
        long rows = Long.parseLong(TestDatabase.value(database, "SELECT count(*) FROM data"));
        try (Connection connection = TestDatabase.open(database)) {
            long position = TableSequenceMap.create()
                    .in(connection)
                    .positions()
                    .of("s")
                    .map(StreamPosition::sequence)
                    .orElse(0L);
            assertThat(rows).as("at call %d", at).isBetween(acknowledged, acknowledged + 1);
            assertThat(position).as("at call %d", at).isEqualTo(rows == 2 ? 3 : rows);
        }
    }
}
