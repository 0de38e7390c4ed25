package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks what listeners receive. */
class ListenerTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    @Test
    void ended_anyOperation_isCalledOnceWithSnapshotAndBytes() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        Recorder recorder = new Recorder();
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .listener(recorder)
                .build();
        SnapshotInfo taken = manager.take();
        manager.repository().drill();
        assertThat(recorder.outcomes)
                .extracting(OperationOutcome::operation)
                .containsExactly(Operation.TAKE, Operation.PROVE);
        assertThat(recorder.outcomes).allMatch(OperationOutcome::isDone);
        assertThat(recorder.outcomes.get(0).snapshot()).contains(taken.id());
        assertThat(recorder.outcomes.get(0).bytes()).isEqualTo(taken.storedBytes());
        assertThat(recorder.outcomes.get(1).bytes()).isEqualTo(taken.image().bytes());
    }

    @Test
    void ended_restoreOverADatabase_containsFetchedAndReusedBytes() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        Recorder recorder = new Recorder();
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .listener(recorder)
                .build();
        manager.take();
        TestDatabase.run(database, "CREATE TABLE more (x)");
        RestoreReport report = manager.restore(RestoreRequest.latest().allowSchemaChange());
        OperationOutcome outcome = recorder.outcomes.get(1);
        assertThat(outcome.bytes()).isEqualTo(report.bytesFetched()).isPositive();
        assertThat(outcome.reusedBytes()).isEqualTo(report.bytesReused()).isPositive();
        assertThat(outcome.imageBytes())
                .isEqualTo(report.snapshot().image().bytes())
                .isGreaterThan(outcome.reusedBytes());
        assertThat(outcome.toString())
                .contains(" bytes=" + outcome.bytes() + " reused=" + outcome.reusedBytes() + " image=");
    }

    @Test
    void ended_drillFindsDamage_isAFailureWithoutAnException() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        Recorder recorder = new Recorder();
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .listener(recorder)
                .build();
        SnapshotId id = manager.take().id();
        store.damage("orders/packs/" + id + "-000000", new byte[1]);
        VerifyReport report = manager.drill();
        assertThat(recorder.outcomes.get(1).failure().orElseThrow())
                .isSameAs(report.problem().orElseThrow());
    }

    @Test
    void ended_failure_containsTheThrownException() {
        Recorder recorder = new Recorder();
        SnapshotManager manager = SnapshotManager.builder("orders", directory.resolve("none.db"), store)
                .listener(recorder)
                .build();
        assertThatThrownBy(manager::take)
                .isInstanceOf(DatabaseNotFoundException.class)
                .satisfies(
                        thrown -> assertThat(recorder.outcomes.get(0).failure().orElseThrow())
                                .isSameAs(thrown));
    }

    @Test
    void all_severalListeners_areCalledInOrderWithTheSameEvents() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        List<String> calls = new ArrayList<>();
        Recorder one = new Recorder().onStart(Stage.CAPTURE, () -> calls.add("one"));
        Recorder two = new Recorder().onStart(Stage.CAPTURE, () -> calls.add("two"));
        SnapshotManager.builder("orders", database, store)
                .listener(SnapshotListener.all(one, two))
                .build()
                .take();
        assertThat(calls).containsExactly("one", "two");
        assertThat(one.events).isEqualTo(two.events).isNotEmpty();
        assertThat(one.done).isEqualTo(two.done).isNotEmpty();
        assertThat(one.outcomes).isEqualTo(two.outcomes).hasSize(1);
    }
}
