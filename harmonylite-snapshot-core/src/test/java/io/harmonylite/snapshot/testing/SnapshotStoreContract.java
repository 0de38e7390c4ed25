package io.harmonylite.snapshot.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the obligations S1 to S9 of {@link SnapshotStore}, each by at least one test. Extend it for a store and open
 * the store in {@link #createStore}. Each test needs a new place, which is empty.
 *
 * <p>Needs JUnit Jupiter 5 with its parameters module, and AssertJ 3, on the test class path.
 */
public abstract class SnapshotStoreContract {

    private static final Duration SKEW = Duration.ofMinutes(5);

    private final List<SnapshotStore> opened = new ArrayList<>();

    /**
     * Opens a store on the place of this test, which is empty when the test begins. Further calls in a test open
     * further stores on the same place, as other processes would. The suite closes all of them.
     */
    protected abstract SnapshotStore createStore() throws Exception;

    /**
     * Returns the number of objects in the listing test; should need several pages if the store's listings have pages.
     */
    protected int manyObjects() {
        return 150;
    }

    @AfterEach
    void closeStores() throws IOException {
        Thread.interrupted();
        for (SnapshotStore store : opened) {
            store.close();
        }
    }

    private SnapshotStore store() throws Exception {
        SnapshotStore store = createStore();
        opened.add(store);
        return store;
    }

    // S1: atomic

    @Test
    void putIfAbsent_smallObject_isReadBack() throws Exception {
        SnapshotStore store = store();
        put(store, "a/b", "hello");
        assertThat(read(store, "a/b")).isEqualTo("hello".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 1 << 20, (18 << 20) - 1, 18 << 20})
    void putIfAbsent_anySize_isReadBack(int size) throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(size);
        store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
        assertThat(read(store, "n/packs/p")).isEqualTo(bytes);
        assertThat(store.stat("n/packs/p").size()).isEqualTo(size);
    }

    @Test
    void putIfAbsent_partOfArray_storesThatPart() throws Exception {
        SnapshotStore store = store();
        store.putIfAbsent("part", ObjectSource.of("0123456789".getBytes(UTF_8), 3, 4));
        assertThat(read(store, "part")).isEqualTo("3456".getBytes(UTF_8));
    }

    @Test
    void putIfAbsent_concurrentReaders_seeNothingOrWholeObject() throws Exception {
        SnapshotStore writer = store();
        SnapshotStore reader = store();
        byte[] bytes = random(4 << 20);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> checked = executor.submit(() -> {
                boolean last;
                do {
                    last = done.get();
                    assertAbsentOrWhole(reader, bytes);
                } while (!last);
                return true;
            });
            writer.putIfAbsent("x/slow", slowSource(bytes));
            done.set(true);
            assertThat(checked.get()).isTrue();
            assertThat(read(reader, "x/slow")).isEqualTo(bytes);
        } finally {
            executor.shutdownNow();
        }
    }

    private static void assertAbsentOrWhole(SnapshotStore reader, byte[] bytes) throws IOException {
        for (ObjectInfo info : reader.list("x/")) {
            assertThat(info.size()).isEqualTo(bytes.length);
        }
        try {
            assertThat(read(reader, "x/slow")).isEqualTo(bytes);
        } catch (NoSuchObjectException e) {
            assertThat(e).hasMessageContaining("x/slow"); // Not visible yet.
        }
    }

    @Test
    void putIfAbsent_concurrent_oneWins() throws Exception {
        List<SnapshotStore> stores = List.of(store(), store());
        int racers = 16;
        ExecutorService executor = Executors.newFixedThreadPool(racers);
        try {
            for (int round = 0; round < 10; round++) {
                String name = "race/" + round;
                CyclicBarrier start = new CyclicBarrier(racers);
                List<Callable<Boolean>> puts = new ArrayList<>();
                for (int racer = 0; racer < racers; racer++) {
                    byte[] own = ("racer " + racer).getBytes(UTF_8);
                    SnapshotStore store = stores.get(racer % stores.size());
                    puts.add(() -> {
                        start.await();
                        return tryPut(store, name, own);
                    });
                }
                int winners = 0;
                int winner = -1;
                List<Future<Boolean>> results = executor.invokeAll(puts);
                for (int racer = 0; racer < racers; racer++) {
                    if (results.get(racer).get()) {
                        winners++;
                        winner = racer;
                    }
                }
                assertThat(winners).isEqualTo(1);
                assertThat(read(stores.get(0), name)).isEqualTo(("racer " + winner).getBytes(UTF_8));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static boolean tryPut(SnapshotStore store, String name, byte[] bytes) throws IOException {
        try {
            store.putIfAbsent(name, ObjectSource.of(bytes));
            return true;
        } catch (ObjectExistsException e) {
            return false;
        }
    }

    // S2: never replaces

    @Test
    void putIfAbsent_existingName_throwsObjectExistsAndKeepsBytes() throws Exception {
        SnapshotStore store = store();
        put(store, "taken", "first");
        SnapshotStore other = store();
        assertThatThrownBy(() -> put(other, "taken", "second"))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("taken");
        assertThat(read(store, "taken")).isEqualTo("first".getBytes(UTF_8));
    }

    @Test
    void putIfAbsent_sameBytesAgain_throwsObjectExists() throws Exception {
        SnapshotStore store = store();
        put(store, "taken", "same");
        assertThatThrownBy(() -> put(store, "taken", "same")).isInstanceOf(ObjectExistsException.class);
    }

    /** A copy stores a pack or a manifest that a prune had removed. */
    @Test
    void putIfAbsent_deletedName_isStoredAgain() throws Exception {
        SnapshotStore store = store();
        SnapshotStore other = store();
        for (int round = 1; round <= 3; round++) {
            byte[] bytes = random(round * 100_000);
            store.putIfAbsent("x/again", ObjectSource.of(bytes));
            assertThatThrownBy(() -> put(other, "x/again", "second")).isInstanceOf(ObjectExistsException.class);
            assertThat(read(other, "x/again")).isEqualTo(bytes);
            assertThat(other.list("x/")).containsExactly(store.stat("x/again"));
            assertThat(other.stat("x/again").size()).isEqualTo(bytes.length);
            other.deleteAll(List.of("x/again"));
            assertNothingAt(store, "x/again");
        }
    }

    // S3: durable and visible to all

    @Test
    void putIfAbsent_returned_isVisibleToOtherStores() throws Exception {
        SnapshotStore writer = store();
        SnapshotStore reader = store();
        put(writer, "deep/er/name", "seen");
        assertThat(read(reader, "deep/er/name")).isEqualTo("seen".getBytes(UTF_8));
        assertThat(reader.stat("deep/er/name").size()).isEqualTo(4);
        assertThat(names(reader.list("deep/"))).containsExactly("deep/er/name");
    }

    @Test
    void putIfAbsent_storeReopened_isKept() throws Exception {
        SnapshotStore first = store();
        put(first, "kept", "kept");
        first.close();
        assertThat(read(store(), "kept")).isEqualTo("kept".getBytes(UTF_8));
    }

    // S4: a failed put leaves nothing

    @Test
    void putIfAbsent_sourceFails_leavesNothing() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(3 << 20);
        ObjectSource failing = source(bytes.length, () -> new TricklingInputStream(bytes, 2 << 20));
        assertThatThrownBy(() -> store.putIfAbsent("f/failed", failing)).isInstanceOf(IOException.class);
        assertNothingAt(store, "f/failed");
    }

    @Test
    void putIfAbsent_sourceTooShort_leavesNothing() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(1000);
        assertThatThrownBy(() -> store.putIfAbsent(
                        "f/short", source(1001, () -> ObjectSource.of(bytes).open())))
                .isInstanceOf(IOException.class);
        assertNothingAt(store, "f/short");
    }

    @Test
    void putIfAbsent_sourceTooLong_leavesNothing() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(1000);
        assertThatThrownBy(() -> store.putIfAbsent(
                        "f/long", source(999, () -> ObjectSource.of(bytes).open())))
                .isInstanceOf(IOException.class);
        assertNothingAt(store, "f/long");
    }

    @Test
    void putIfAbsent_afterFailure_nameIsFree() throws Exception {
        SnapshotStore store = store();
        assertThatThrownBy(() -> store.putIfAbsent("again", source(2, () -> new TricklingInputStream(new byte[2], 1))))
                .isInstanceOf(IOException.class);
        put(store, "again", "now");
        assertThat(read(store, "again")).isEqualTo("now".getBytes(UTF_8));
    }

    @Test
    void putIfAbsent_interrupted_keepsInterruptFlagAndStoreUsable() throws Exception {
        SnapshotStore store = store();
        put(store, "before", "before");
        Thread.currentThread().interrupt();
        try {
            store.putIfAbsent("cut", ObjectSource.of(random(1 << 20)));
        } catch (IOException e) {
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        Thread.interrupted();
        assertThat(read(store, "before")).isEqualTo("before".getBytes(UTF_8));
        put(store, "after", "after");
        assertThat(names(store.list("after"))).containsExactly("after");
    }

    // S5: exactly the stored bytes

    @Test
    void open_range_returnsExactlyThatRange() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(300_000);
        store.putIfAbsent("r", ObjectSource.of(bytes));
        for (int[] range : new int[][] {{0, 300_000}, {0, 1}, {299_999, 1}, {65_536, 131_072}, {7, 0}, {300_000, 0}}) {
            assertThat(read(store, "r", range[0], range[1]))
                    .isEqualTo(Arrays.copyOfRange(bytes, range[0], range[0] + range[1]));
        }
    }

    @Test
    void open_rangeBeyondEnd_throwsEof() throws Exception {
        SnapshotStore store = store();
        put(store, "r", "0123456789");
        for (int[] range : new int[][] {{5, 6}, {10, 1}, {11, 1}, {1000, 5}, {0, 11}}) {
            assertThatThrownBy(() -> read(store, "r", range[0], range[1])).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void open_negativeRange_isRejected() throws Exception {
        SnapshotStore store = store();
        put(store, "r", "0123456789");
        assertThatThrownBy(() -> store.open("r", -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.open("r", 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void open_concurrentReaders_readSameBytes() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(2 << 20);
        store.putIfAbsent("shared", ObjectSource.of(bytes));
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Callable<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                reads.add(() -> read(store, "shared"));
            }
            for (Future<byte[]> result : executor.invokeAll(reads)) {
                assertThat(result.get()).isEqualTo(bytes);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    // S6: missing objects

    @Test
    void open_missing_throwsNoSuchObject() throws Exception {
        SnapshotStore store = store();
        put(store, "folder/object", "x");
        for (String name : List.of("missing", "folder", "folder/missing", "folder/object/below", "no/such/folder")) {
            assertThatThrownBy(() -> read(store, name))
                    .isInstanceOf(NoSuchObjectException.class)
                    .hasMessageContaining(name);
            assertThatThrownBy(() -> read(store, name, 0, 1)).isInstanceOf(NoSuchObjectException.class);
            assertThatThrownBy(() -> store.stat(name)).isInstanceOf(NoSuchObjectException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", "a b", "a\\b", "a\0b", "ä", "~a"
            })
    void anyMethod_invalidName_isRejected(String name) throws Exception {
        SnapshotStore store = store();
        assertThatThrownBy(() -> put(store, name, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.open(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.open(name, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.stat(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete(name)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void putIfAbsent_longestName_isReadBack() throws Exception {
        SnapshotStore store = store();
        String segment = "s".repeat(170);
        String name = segment + "/" + segment + "/" + segment;
        assertThat(name).hasSize(512);
        put(store, name, "x");
        assertThat(names(store.list(segment))).containsExactly(name);
        assertThatThrownBy(() -> put(store, name + "x", "x")).isInstanceOf(IllegalArgumentException.class);
    }

    // S7: complete, sorted lists

    @Test
    void list_nothingStored_isEmpty() throws Exception {
        SnapshotStore store = store();
        assertThat(store.list("")).isEmpty();
        assertThat(store.list("a/b/c")).isEmpty();
    }

    @Test
    void list_anyPrefix_returnsMatchingNames() throws Exception {
        SnapshotStore store = store();
        for (String name : List.of("b", "a-b", "a/b", "a.b", "a/c/d", "a_/x", "a/cc", "ab/a", "A/b")) {
            put(store, name, name);
        }
        assertThat(names(store.list(""))).isSorted().hasSize(9);
        assertThat(names(store.list("a"))).containsExactly("a-b", "a.b", "a/b", "a/c/d", "a/cc", "a_/x", "ab/a");
        assertThat(names(store.list("a/"))).containsExactly("a/b", "a/c/d", "a/cc");
        assertThat(names(store.list("a/c"))).containsExactly("a/c/d", "a/cc");
        assertThat(names(store.list("a/c/d"))).containsExactly("a/c/d");
        assertThat(names(store.list("c"))).isEmpty();
        assertThat(names(store.list("b/"))).isEmpty();
    }

    @Test
    void list_invalidPrefix_isRejected() throws Exception {
        SnapshotStore store = store();
        assertThatThrownBy(() -> store.list("/")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.list("a/../")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void list_manyObjects_isCompleteAndSorted() throws Exception {
        SnapshotStore store = store();
        List<String> expected = IntStream.range(0, manyObjects())
                .mapToObj(i -> String.format(Locale.ROOT, "many/%05d", i))
                .toList();
        List<String> shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(7));
        for (String name : shuffled) {
            put(store, name, name);
        }
        List<ObjectInfo> listed = store().list("many/");
        assertThat(names(listed)).isEqualTo(expected);
        assertThat(listed).allSatisfy(info -> assertThat(info.size()).isEqualTo(10));
    }

    @Test
    void list_times_agreeWithStatAndNeverDecrease() throws Exception {
        SnapshotStore store = store();
        put(store, "t/1", "1");
        put(store, "t/2", "2");
        List<ObjectInfo> listed = store.list("t/");
        for (ObjectInfo info : listed) {
            assertThat(Duration.between(
                                    info.lastModified(), store.stat(info.name()).lastModified())
                            .abs())
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(Duration.between(info.lastModified(), Instant.now()).abs())
                    .isLessThan(SKEW);
        }
        assertThat(listed.get(1).lastModified()).isAfterOrEqualTo(listed.get(0).lastModified());
    }

    // S8: deleting

    @Test
    void delete_object_isInvisibleToAllStores() throws Exception {
        SnapshotStore store = store();
        SnapshotStore other = store();
        put(store, "d/1", "1");
        put(store, "d/2", "2");
        other.delete("d/1");
        assertThatThrownBy(() -> read(store, "d/1")).isInstanceOf(NoSuchObjectException.class);
        assertThat(names(store.list("d/"))).containsExactly("d/2");
    }

    @Test
    void delete_missing_doesNothing() throws Exception {
        SnapshotStore store = store();
        put(store, "d/2", "2");
        store.delete("d/1");
        store.delete("d/1");
        store.delete("no/such/folder/object");
        store.delete("d/2/below");
        store.delete("d");
        assertThat(names(store.list(""))).containsExactly("d/2");
    }

    @Test
    void deleteAll_someMissing_deletesOthers() throws Exception {
        SnapshotStore store = store();
        for (int i = 0; i < 5; i++) {
            put(store, "d/" + i, "x");
        }
        store.deleteAll(List.of("d/0", "d/9", "d/3", "d/0"));
        assertThat(names(store.list("d/"))).containsExactly("d/1", "d/2", "d/4");
        store.deleteAll(List.of());
    }

    @Test
    void delete_duringRead_readerFinishesOrFails() throws Exception {
        SnapshotStore store = store();
        byte[] bytes = random(8 << 20);
        store.putIfAbsent("d/read", ObjectSource.of(bytes));
        try (InputStream in = store.open("d/read")) {
            byte[] start = in.readNBytes(1000);
            store.delete("d/read");
            byte[] rest = in.readAllBytes();
            assertThat(start).isEqualTo(Arrays.copyOf(bytes, 1000));
            assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 1000, bytes.length));
        } catch (IOException e) {
            assertNothingAt(store, "d/read"); // A read may fail; it must not end early as if the object ended there.
        }
    }

    // S9: closing

    @Test
    void close_twice_isAllowedAndRejectsFurtherCalls() throws Exception {
        SnapshotStore store = store();
        put(store, "c", "x");
        store.close();
        assertThatCode(store::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> store.stat("c")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.list("")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> put(store, "c2", "x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_oneStore_leavesOthersOpen() throws Exception {
        SnapshotStore one = store();
        SnapshotStore other = store();
        put(one, "c/1", "x");
        put(other, "c/2", "x");
        one.close();
        put(other, "c/3", "x");
        assertThat(names(other.list("c/"))).containsExactly("c/1", "c/2", "c/3");
    }

    private static void assertNothingAt(SnapshotStore store, String name) throws IOException {
        assertThatThrownBy(() -> store.stat(name)).isInstanceOf(NoSuchObjectException.class);
        assertThat(store.list(name)).isEmpty();
    }

    private static void put(SnapshotStore store, String name, String content) throws IOException {
        store.putIfAbsent(name, ObjectSource.of(content.getBytes(UTF_8)));
    }

    private static byte[] read(SnapshotStore store, String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private static byte[] read(SnapshotStore store, String name, long offset, long length) throws IOException {
        try (InputStream in = store.open(name, offset, length)) {
            return in.readAllBytes();
        }
    }

    private static List<String> names(List<ObjectInfo> infos) {
        return infos.stream().map(ObjectInfo::name).toList();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static ObjectSource slowSource(byte[] bytes) {
        return source(bytes.length, () -> new TricklingInputStream(bytes, bytes.length));
    }

    private static ObjectSource source(long length, Callable<InputStream> opening) {
        return new ObjectSource() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                try {
                    return opening.call();
                } catch (IOException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
    }

    /** Returns a few bytes at a time, so that a put takes many steps, and fails after a limit. */
    private static final class TricklingInputStream extends InputStream {

        private static final int STEP = 4096;

        private final byte[] bytes;
        private final int limit;
        private int at;

        TricklingInputStream(byte[] bytes, int limit) {
            this.bytes = bytes;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (at == bytes.length) {
                return -1;
            }
            if (at == limit) {
                throw new IOException("planned: the source fails after " + limit + " bytes");
            }
            int count = Math.min(Math.min(length, STEP), Math.min(limit, bytes.length) - at);
            System.arraycopy(bytes, at, buffer, offset, count);
            at += count;
            return count;
        }
    }
}
