package io.harmonylite.snapshot.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultyStoreTest {

    private static final ObjectSource TEN = ObjectSource.of("0123456789".getBytes(UTF_8));

    private final InMemorySnapshotStore memory = new InMemorySnapshotStore();
    private final FaultyStore store = new FaultyStore(memory);

    @BeforeEach
    void put() throws IOException {
        memory.putIfAbsent("a", TEN);
        memory.putIfAbsent("b", TEN);
    }

    private String read(String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void at_number_failsOnlyThatCall() throws Exception {
        store.at(2, Fault.UNREACHABLE);
        store.stat("a");
        store.list("");
        assertThatThrownBy(() -> store.delete("a")).isExactlyInstanceOf(IOException.class);
        store.delete("a");
        assertThat(store.log()).containsExactly("stat a", "list ", "delete a", "delete a");
        assertThat(store.calls()).isEqualTo(4);
    }

    @Test
    void from_number_failsAllLaterCallsUntilReset() throws Exception {
        store.from(1, Fault.UNREACHABLE);
        store.stat("a");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> store.stat("a")).isExactlyInstanceOf(IOException.class);
        }
        store.at(0, Fault.NONE);
        store.stat("a");
    }

    @Test
    void deleteAll_severalNames_isOneDeletePerName() throws Exception {
        store.at(1, Fault.UNREACHABLE);
        assertThatThrownBy(() -> store.deleteAll(List.of("a", "b"))).isExactlyInstanceOf(IOException.class);
        assertThat(memory.list("")).extracting(ObjectInfo::name).containsExactly("b");
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "OUTCOME_UNKNOWN", "FULL", "FORBIDDEN", "BROKEN_READ"})
    void put_failing_storesNothing(Fault fault) throws Exception {
        store.next(fault);
        assertThatThrownBy(() -> store.putIfAbsent("c", TEN)).isInstanceOf(IOException.class);
        assertThat(memory.list("c")).isEmpty();
    }

    @Test
    void put_answerLost_storesAndThrowsIndeterminateWrite() throws Exception {
        store.next(Fault.ANSWER_LOST);
        assertThatThrownBy(() -> store.putIfAbsent("c", TEN)).isInstanceOf(IndeterminateWriteException.class);
        assertThat(memory.list("c")).hasSize(1);
    }

    @Test
    void open_falseData_isReturnedOnce() throws Exception {
        store.next(Fault.SHORT_READ, Fault.FLIPPED_BIT);
        assertThat(read("a")).isEqualTo("01234");
        assertThat(read("a")).isEqualTo("0123446789");
        assertThat(read("a")).isEqualTo("0123456789");
        store.next(Fault.BROKEN_READ);
        assertThatThrownBy(() -> read("a")).isExactlyInstanceOf(IOException.class);
    }

    @Test
    void list_stale_omitsLast() throws Exception {
        store.next(Fault.STALE_LIST);
        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactly("a");
        assertThat(store.list("")).hasSize(2);
    }

    @Test
    void anyCall_forbidden_isNotMade() {
        store.from(0, Fault.FORBIDDEN);
        assertThatThrownBy(() -> store.stat("a")).isInstanceOf(StoreAccessException.class);
        assertThatThrownBy(() -> store.open("a")).isInstanceOf(StoreAccessException.class);
        assertThatThrownBy(() -> store.list("")).isInstanceOf(StoreAccessException.class);
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(StoreAccessException.class);
        assertThat(memory.list("")).hasSize(2);
    }

    @Test
    void anyCall_slow_succeeds() throws Exception {
        store.slowness(Duration.ofMillis(1)).next(Fault.SLOW);
        assertThat(store.list("")).hasSize(2);
    }

    @Test
    void anyCall_hanging_completesAfterRelease() throws Exception {
        store.next(Fault.HANG);
        CompletableFuture<Void> hanging = CompletableFuture.runAsync(
                () -> assertThatCode(() -> store.delete("a")).doesNotThrowAnyException());
        assertThat(store.awaitHanging()).isTrue();
        assertThat(memory.list("a")).hasSize(1);
        store.release();
        hanging.get(1, TimeUnit.MINUTES);
        assertThat(memory.list("a")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"HANG", "SLOW"})
    void anyCall_interruptedWhileWaiting_isNotMadeAndKeepsInterruptFlag(Fault fault) {
        store.slowness(Duration.ofDays(1)).next(fault);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(memory.list("a")).hasSize(1);
    }
}
