package io.harmonylite.snapshot.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryingSnapshotStoreTest {

    private static final ObjectSource OURS = ObjectSource.of("ours".getBytes(UTF_8));

    private final InMemorySnapshotStore memory = new InMemorySnapshotStore();
    private final FaultyStore faulty = new FaultyStore(memory);
    private final SnapshotStore store = RetryingSnapshotStore.builder(faulty)
            .firstWait(Duration.ofMillis(1))
            .patience(Duration.ofSeconds(60))
            .build();

    @Test
    void putIfAbsent_unreachableAtFirst_retries() throws IOException {
        faulty.next(Fault.UNREACHABLE, Fault.UNREACHABLE);
        store.putIfAbsent("x", OURS);
        assertThat(read("x")).isEqualTo("ours");
    }

    @Test
    void putIfAbsent_answerLost_recognizesOwnObject() throws IOException {
        faulty.next(Fault.ANSWER_LOST);
        store.putIfAbsent("x", OURS);
        assertThat(read("x")).isEqualTo("ours");
    }

    @Test
    void putIfAbsent_unknownOutcomeAndOtherObject_throwsObjectExists() throws IOException {
        memory.putIfAbsent("x", ObjectSource.of("other".getBytes(UTF_8)));
        faulty.next(Fault.OUTCOME_UNKNOWN);
        assertThatThrownBy(() -> store.putIfAbsent("x", OURS)).isInstanceOf(ObjectExistsException.class);
        assertThat(read("x")).isEqualTo("other");
    }

    @Test
    void putIfAbsent_nameTakenBefore_throwsObjectExistsAtOnceEvenIfEqual() throws IOException {
        memory.putIfAbsent("x", OURS);
        assertThatThrownBy(() -> store.putIfAbsent("x", OURS)).isInstanceOf(ObjectExistsException.class);
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void putIfAbsent_unknownOutcomeThenUnreachable_isIndeterminate() {
        SnapshotStore shortRetries = shortRetries();
        faulty.next(Fault.ANSWER_LOST)
                .next(Collections.nCopies(1000, Fault.UNREACHABLE).toArray(new Fault[0]));
        assertThatThrownBy(() -> shortRetries.putIfAbsent("x", OURS)).isInstanceOf(IndeterminateWriteException.class);
    }

    @Test
    void d29_storeStaysUnreachable_givesUp() {
        SnapshotStore shortRetries = shortRetries();
        faulty.next(Collections.nCopies(1000, Fault.UNREACHABLE).toArray(new Fault[0]));
        assertThatThrownBy(() -> shortRetries.putIfAbsent("x", OURS)).isExactlyInstanceOf(IOException.class);
    }

    @Test
    void putIfAbsent_storeFull_isNotRetried() {
        faulty.next(Fault.FULL);
        assertThatThrownBy(() -> store.putIfAbsent("x", OURS)).isInstanceOf(StoreFullException.class);
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void open_missing_isNotRetried() {
        assertThatThrownBy(() -> store.open("x", 0, 1)).isInstanceOf(NoSuchObjectException.class);
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void open_connectionBreaksDuringRead_resumesAtOffset() throws IOException {
        memory.putIfAbsent("x", ObjectSource.of("0123456789".getBytes(UTF_8)));
        faulty.next(Fault.BROKEN_READ, Fault.UNREACHABLE, Fault.BROKEN_READ);
        try (InputStream in = store.open("x", 0, 10)) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("0123456789");
        }
        assertThat(faulty.calls()).isEqualTo(4);
    }

    @Test
    void open_wholeObject_resumesAtOffset() throws IOException {
        memory.putIfAbsent("x", ObjectSource.of("0123456789".getBytes(UTF_8)));
        faulty.next(Fault.NONE, Fault.BROKEN_READ);
        assertThat(read("x")).isEqualTo("0123456789");
    }

    @Test
    void open_shorterThanRequested_isNotRetried() throws IOException {
        memory.putIfAbsent("x", OURS);
        assertThatThrownBy(() -> store.open("x", 0, 5)).isInstanceOf(EOFException.class);
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void everyOtherMethod_unreachableAtFirst_retries() throws IOException {
        memory.putIfAbsent("x", OURS);
        faulty.next(Fault.UNREACHABLE);
        assertThat(store.stat("x").size()).isEqualTo(4);
        faulty.next(Fault.UNREACHABLE);
        assertThat(store.list("")).hasSize(1);
        faulty.next(Fault.UNREACHABLE);
        store.delete("x");
        faulty.next(Fault.UNREACHABLE);
        store.deleteAll(List.of("x", "y"));
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void anyMethod_programmingError_isThrownUnchanged() {
        assertThatThrownBy(() -> store.stat("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void d29_interruptedWhileWaiting_endsAtOnceAndKeepsInterruptFlag() {
        faulty.next(Fault.UNREACHABLE, Fault.UNREACHABLE);
        SnapshotStore waiting = RetryingSnapshotStore.builder(new ForwardingSnapshotStore(faulty) {
                    @Override
                    public ObjectInfo stat(String name) throws IOException {
                        try {
                            return super.stat(name);
                        } finally {
                            interruptWhenWaiting(Thread.currentThread());
                        }
                    }
                })
                .firstWait(Duration.ofSeconds(1))
                .build();
        assertThatThrownBy(() -> waiting.stat("x")).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void stat_interruptedBefore_isNotRetried() {
        faulty.next(Fault.UNREACHABLE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.stat("x")).isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void of_storeWithRetries_addsNone() {
        assertThat(RetryingSnapshotStore.of(store)).isSameAs(store);
    }

    @Test
    void builder_invalidWait_isRejected() {
        RetryingSnapshotStore.Builder builder = RetryingSnapshotStore.builder(memory);
        assertThatThrownBy(() -> builder.patience(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.firstWait(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.firstWait(Duration.ofSeconds(3)).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    private SnapshotStore shortRetries() {
        return RetryingSnapshotStore.builder(faulty)
                .firstWait(Duration.ofMillis(1))
                .patience(Duration.ofMillis(30))
                .build();
    }

    /** Interrupts a thread as soon as it waits. */
    private static void interruptWhenWaiting(Thread thread) {
        Thread interrupter = new Thread(() -> {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            thread.interrupt();
        });
        interrupter.setDaemon(true);
        interrupter.start();
    }

    private String read(String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
