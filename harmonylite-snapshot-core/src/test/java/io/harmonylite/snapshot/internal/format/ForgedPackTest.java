package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.format.RawCbor.Raw;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Forged page tables and frames behind right digests, as anyone with write access to the store can write them: each is
 * damage, needs little memory, and changes nothing. The image has eight pages of 512 bytes.
 */
class ForgedPackTest {

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final int PAGES = 8;
    private static final int BYTES = 8 * 512;
    private static final long HUGE = 1L << 40;
    private static final int MAX_ALLOCATED = 96 << 20; // Buffers for a pack and a leaf, in each of several steps.

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA page_size = 512",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "'row ' || i", 100));
    }

    static Stream<Arguments> forged() {
        byte[] good = Zstd.compress(SMALL.image(), 1);
        byte[] other = new byte[BYTES];
        new Random(5).nextBytes(other);
        return Stream.of(
                Arguments.of("a frame that declares 2^40 bytes", frame(HUGE, BYTES), null),
                Arguments.of("a frame that declares 2^64 - 1 bytes", frame(-1, BYTES), null),
                Arguments.of("a frame that holds more than it declares", frame(BYTES, many(BYTES)), null),
                Arguments.of("a frame that holds less than it declares", frame(BYTES, 512), null),
                Arguments.of("a frame of other pages", frame(BYTES, BYTES), null),
                Arguments.of("a frame without a length", withoutLength(), null),
                Arguments.of(
                        "two frames in place of one", join(frame(512, 512), frame(BYTES - 512, BYTES - 512)), null),
                Arguments.of("a frame and 1 MiB of another", join(good, frame(1 << 20, many(1 << 17))), null),
                Arguments.of("bytes that are no frame", Arrays.copyOf(other, 100), null),
                Arguments.of("plain pages with other content", other, null),
                Arguments.of("a frame longer than its pages", Arrays.copyOf(good, BYTES + 1), null),
                table("a frame of 2^40 bytes", 0, List.of(0, 8), List.of(8, HUGE)),
                table("a frame of 2^40 pages", 0, List.of(0, 8), List.of(HUGE, good.length)),
                table("a frame of 2^63 - 1 bytes", 0, List.of(0, 8), List.of(8, Long.MAX_VALUE)),
                table("a frame that begins before its pack", 0, List.of(0, 8), List.of(8, good.length + 1)),
                table("a frame without pages", 0, List.of(0, 8), List.of(0, 0, 8, good.length)),
                table("frames of more pages", 0, List.of(0, 8), List.of(8, good.length, 8, 0)),
                table("a run of 2^40 pages", 0, List.of(0, HUGE), List.of(8, good.length)),
                table("a run after 2^40 pages", 0, List.of(HUGE, 8), List.of(8, good.length)),
                table("a run of 9 pages", 0, List.of(0, 9), List.of(8, good.length)),
                table("pages behind the leaf", 0, List.of(32_767, 8), List.of(8, good.length)),
                table("pages behind the image", 0, List.of(8, 8), List.of(8, good.length)),
                table("half a run", 0, List.of(0), List.of(8, good.length)),
                table("another leaf", 1, List.of(0, 8), List.of(8, good.length)),
                table("leaf 2^40", HUGE, List.of(0, 8), List.of(8, good.length)),
                Arguments.of("2^40 runs", good, table(0, new Raw(RawCbor.head(4, HUGE)), List.of(8, good.length))),
                Arguments.of("a table of 64 MiB", good, Zstd.compress(new byte[64 << 20], 1)),
                Arguments.of("a table that declares 2^40 bytes", good, frame(HUGE, 512)),
                Arguments.of("a table that holds more than it declares", good, frame(512, many(512))),
                Arguments.of("a table of half a million frames", good, table(0, List.of(0, 8), zeros(1 << 19))));
    }

    private static Arguments table(String what, long leaf, List<?> runs, List<?> frames) {
        return Arguments.of(what, Zstd.compress(SMALL.image(), 1), table(leaf, runs, frames));
    }

    private static byte[] table(long leaf, Object runs, Object frames) {
        return Zstd.compress(RawCbor.encode(Map.of("leaf", leaf, "runs", runs, "frames", frames)), 1);
    }

    private static List<Integer> zeros(int count) {
        return Collections.nCopies(count, 0);
    }

    private static int[] many(int length) {
        int[] lengths = new int[64];
        Arrays.fill(lengths, length);
        return lengths;
    }

    /** Returns a zstd frame with a declared content length, and a run-length block of zeros for each given length. */
    private static byte[] frame(long declared, int... lengths) {
        byte[] header = ByteBuffer.allocate(13)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xfd2fb528)
                .put((byte) 0xe0)
                .putLong(declared)
                .array();
        return join(header, blocks(lengths));
    }

    private static byte[] withoutLength() {
        return join(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0x58}, blocks(BYTES));
    }

    private static byte[] blocks(int... lengths) {
        byte[] blocks = new byte[4 * lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            int header = lengths[i] << 3 | 1 << 1 | (i == lengths.length - 1 ? 1 : 0);
            blocks[4 * i] = (byte) header;
            blocks[4 * i + 1] = (byte) (header >> 8);
            blocks[4 * i + 2] = (byte) (header >> 16);
        }
        return blocks;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Stores a snapshot with these frames and this page table, and right digests. */
    private void store(byte[] frames, byte[] table) throws Exception {
        LayerEntry entry = SMALL.manifest().leaves().get(0).layers().get(0);
        byte[] pack = SMALL.packs().get(0);
        int from = entry.offset() + entry.length();
        byte[] block = join(table, Arrays.copyOfRange(pack, from, from + PAGES * Digest.LENGTH));
        byte[] forged = join(frames, block, Digest.of(block).bytes());
        RawManifest raw = RawManifest.of(SMALL.manifest());
        raw.pack(0).put("size", forged.length);
        raw.pack(0).put("sha256", Digest.of(forged).bytes());
        raw.head.put("stored", forged.length);
        raw.leaf(0).put("layers", List.of(0, frames.length, table.length, PAGES, PAGES));
        store.putIfAbsent("orders/packs/" + raw.pack(0).get("name"), ObjectSource.of(forged));
        store.putIfAbsent("orders/manifests/" + SampleSnapshot.ID, ObjectSource.of(raw.seal()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forged")
    void anyOperation_forgedPack_isDamagedInLittleMemory(String what, byte[] frames, byte[] table) throws Throwable {
        store(frames, table == null ? table(0, List.of(0, 8), List.of(8, frames.length)) : table);
        byte[] before = Files.readAllBytes(database);
        SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .compaction(Compaction.NEVER)
                .parallelism(1)
                .build();
        for (VerifyDepth depth : List.of(VerifyDepth.STORED_BYTES, VerifyDepth.REBUILD)) {
            Allocation.assertAtMost(MAX_ALLOCATED, () -> {
                VerifyReport report = manager.verify(SampleSnapshot.ID, depth);
                assertThat(report.problem()).get().isInstanceOf(CorruptSnapshotException.class);
            });
        }
        Allocation.assertAtMost(
                MAX_ALLOCATED,
                () -> assertThatThrownBy(() -> manager.restore(RestoreRequest.of(SampleSnapshot.ID)))
                        .isInstanceOf(CorruptSnapshotException.class));
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
        Allocation.assertAtMost(MAX_ALLOCATED, () -> {
            VerifyReport next = manager.verify(manager.take().id(), VerifyDepth.REBUILD);
            assertThat(next.isSound()).as("a take after it").isTrue();
        });
    }
}
