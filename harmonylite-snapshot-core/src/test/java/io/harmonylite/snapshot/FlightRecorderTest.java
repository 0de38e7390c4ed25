package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the events in a real recording of the JDK's flight recorder. */
class FlightRecorderTest {

    private static final String PREFIX = "io.harmonylite.snapshot.";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    private List<RecordedEvent> recording(Runnable work) throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "Operation");
            recording.enable(PREFIX + "Stage");
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    private static List<String> operations(List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + "Operation"))
                .map(event -> event.getString("operation"))
                .toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String operation) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + "Operation"))
                .filter(event -> event.getString("operation").equals(operation))
                .findFirst()
                .orElseThrow();
    }

    private static RecordedEvent stage(List<RecordedEvent> events, Stage stage) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + "Stage"))
                .filter(event -> event.getString("stage").equals(stage.name()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void recording_successfulOperations_containsBytesAndStages() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .retention(RetentionPolicy.keepLast(1))
                .build();
        SnapshotInfo[] taken = new SnapshotInfo[1];
        RestoreReport[] restored = new RestoreReport[1];
        List<RecordedEvent> events = recording(() -> {
            taken[0] = manager.take();
            manager.verify(taken[0].id(), VerifyDepth.STORED_BYTES);
            manager.drill();
            restored[0] = manager.restore(RestoreRequest.latest());
            manager.recover();
            manager.prune();
        });
        assertThat(operations(events))
                .containsExactlyInAnyOrder("take", "verify", "prove", "restore", "recover", "prune");
        String id = taken[0].id().toString();
        long image = taken[0].image().bytes();
        assertThat(only(events, "take").getString("name")).isEqualTo("orders");
        assertThat(only(events, "take").getString("snapshot")).isEqualTo(id);
        assertThat(only(events, "take").getString("failure")).isNull();
        assertThat(only(events, "take").getLong("bytes")).isEqualTo(taken[0].storedBytes());
        for (String name : List.of("verify", "prove")) {
            assertThat(only(events, name).getString("snapshot")).as(name).isEqualTo(id);
            assertThat(only(events, name).getLong("bytes")).as(name).isEqualTo(image);
        }
        RecordedEvent restore = only(events, "restore");
        assertThat(restore.getString("snapshot")).isEqualTo(id);
        assertThat(restore.getLong("bytes")).isEqualTo(restored[0].bytesFetched());
        assertThat(restore.getLong("reusedBytes"))
                .isEqualTo(restored[0].bytesReused())
                .isPositive();
        assertThat(restore.getLong("imageBytes")).isEqualTo(image);
        for (Stage stage : List.of(Stage.CAPTURE, Stage.SEAL, Stage.FETCH)) {
            assertThat(stage(events, stage).getLong("bytes")).as("%s", stage).isEqualTo(image);
            assertThat(stage(events, stage).getDuration()).as("%s", stage).isPositive();
        }
        assertThat(stage(events, Stage.INSTALL).getString("failure")).isNull();
        assertThat(stage(events, Stage.RECORD).getThread()).isNotNull();
    }

    @Test
    void recording_takesOfTheLoop_unchangedOnesHaveTheirOwnResult() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        ManualScheduler scheduler = new ManualScheduler();
        List<RecordedEvent> events = recording(() -> {
            try (SnapshotManager manager = SnapshotManager.builder(
                            "orders", database, new InMemorySnapshotStore(scheduler))
                    .trigger(Trigger.every(Duration.ofHours(1)))
                    .clock(scheduler)
                    .executor(Runnable::run)
                    .watchOptions(WatchOptions.defaults().jitter(0).noDrills())
                    .build()) {
                manager.start(scheduler);
                scheduler.advance(Duration.ofHours(2).plusMinutes(2));
            }
        });
        assertThat(events.stream()
                        .filter(event -> event.getEventType().getName().equals(PREFIX + "Operation"))
                        .map(event -> event.getString("operation") + " " + event.getString("result")))
                .containsExactlyInAnyOrder("take done", "take unchanged", "take unchanged");
    }

    @Test
    void recording_failedOperation_containsItsStage() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        SnapshotManager manager =
                SnapshotManager.builder("orders", database, store).build();
        SnapshotId id = manager.take().id();
        store.damage("orders/packs/" + id + "-000000", new byte[7]);
        Files.delete(database); // Else its pages would be used.
        List<RecordedEvent> events = recording(() -> assertThatThrownBy(() -> manager.restore(RestoreRequest.latest()))
                .isInstanceOf(CorruptSnapshotException.class));
        RecordedEvent restore = only(events, "restore");
        assertThat(restore.getString("result")).isEqualTo("failed");
        assertThat(restore.getString("failure")).isEqualTo(CorruptSnapshotException.class.getName());
        assertThat(restore.getString("snapshot")).isEqualTo(id.toString());
        Stage failed = Stage.valueOf(restore.getString("failedStage"));
        assertThat(stage(events, failed).getString("failure")).isEqualTo(CorruptSnapshotException.class.getName());
    }
}
