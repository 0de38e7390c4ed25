package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.Layer.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Packs and page tables that are damaged although their digests are right, as after a fault of the writer. They yield
 * the image or an error, and nothing else.
 */
class LeafAndPackTest {

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final Manifest MANIFEST = SMALL.manifest();
    private static final byte[] PACK = SMALL.packs().get(0);
    private static final LeafEntry LEAF = MANIFEST.leaves().get(0);
    private static final PackEntry PACK_ENTRY = MANIFEST.packs().get(0);
    private static final LayerEntry ENTRY = LEAF.layers().get(0);

    private static byte[] table() {
        int end = ENTRY.offset() + ENTRY.length();
        return Zstd.decompress(Arrays.copyOfRange(PACK, ENTRY.offset(), end), LayerCodec.MAX_BYTES);
    }

    private static byte[] digests() {
        int from = ENTRY.offset() + ENTRY.length();
        return Arrays.copyOfRange(PACK, from, from + 8 * Digest.LENGTH);
    }

    private static Layer decode(byte[] table) throws MalformedException {
        return LayerCodec.decode(table, 0, digests(), 32_768, 2_048);
    }

    /** Unpacks the original frames with another page table. */
    private static byte[] unpackWith(byte[] table) throws MalformedException {
        byte[] stored = Zstd.compress(table, 1);
        int end = ENTRY.offset() + stored.length + 8 * Digest.LENGTH;
        byte[] pack = Arrays.copyOf(PACK, end + Digest.LENGTH);
        System.arraycopy(stored, 0, pack, ENTRY.offset(), stored.length);
        System.arraycopy(digests(), 0, pack, ENTRY.offset() + stored.length, 8 * Digest.LENGTH);
        byte[] digest = Digest.of(pack, ENTRY.offset(), end - ENTRY.offset()).bytes();
        System.arraycopy(digest, 0, pack, end, Digest.LENGTH);
        PackEntry entry = new PackEntry(MANIFEST.packs().get(0).name(), pack.length, Digest.of(pack), 8);
        LayerEntry layer = new LayerEntry(0, ENTRY.offset(), stored.length, 8, 8);
        LeafEntry leaf = new LeafEntry(LEAF.digest(), List.of(layer));
        return SampleSnapshot.unpack(
                new Manifest(MANIFEST.head(), List.of(entry), List.of(leaf), 0, null), List.of(pack));
    }

    /** Returns whether unpacking fails; checks the image if it does not. */
    private static boolean isMalformed(int bit, Unpacking unpacking) {
        try {
            assertThat(Arrays.equals(unpacking.run(), SMALL.image()))
                    .as("image after a flip of bit %s", bit)
                    .isTrue();
            return false;
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return true;
        }
    }

    private interface Unpacking {
        byte[] run() throws MalformedException;
    }

    private static BitSet pages(int... pages) {
        BitSet set = new BitSet();
        Arrays.stream(pages).forEach(set::set);
        return set;
    }

    private static Layer layer(int leaf, BitSet pages, Frame... frames) {
        return new Layer(leaf, pages, List.of(frames), digests());
    }

    private static BitSet all() {
        return pages(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void unpack_sealedPacks_returnsImage() throws Exception {
        assertThat(SampleSnapshot.unpack(MANIFEST, SMALL.packs())).isEqualTo(SMALL.image());
        SampleSnapshot two = SampleSnapshot.twoLeaves();
        assertThat(two.packs()).hasSize(2);
        assertThat(SampleSnapshot.unpack(two.manifest(), two.packs())).isEqualTo(two.image());
    }

    @Property(tries = 20)
    void unpack_anySealedImage_returnsImage(@ForAll @IntRange(max = 7) int power, @ForAll @IntRange(min = 1) int size)
            throws MalformedException {
        int pageSize = 512 << power;
        SampleSnapshot made =
                SampleSnapshot.of(new ImageGeometry(pageSize, 1 + (size % (18 << 20)) / pageSize), Positions.none());
        assertThat(SampleSnapshot.unpack(made.manifest(), made.packs())).isEqualTo(made.image());
    }

    /** A host with many small databases takes several of them at a time. */
    @Test
    void buffer_packOfFewPages_occupiesLittle() {
        try (PackWriter writer = new PackWriter(1)) {
            BitSet pages = new BitSet();
            pages.set(0, 100);
            add(writer, 0, pages, 4096, new Random(1));
            assertThat(writer.buffer().length).isLessThan(4 << 20);
        }
    }

    /** Any pages of a leaf, in frames of any size, also after packs were joined. */
    @Property(tries = 100)
    void pages_anyLayersOfJoinedPacks_areThoseAdded(
            @ForAll @IntRange(max = 7) int power, @ForAll @IntRange(min = 1, max = 4) int layers, @ForAll Random random)
            throws MalformedException {
        int pageSize = 512 << power;
        int most = Math.min(300, ImageGeometry.LEAF_BYTES / pageSize / 4);
        List<BitSet> added = new ArrayList<>();
        List<List<byte[]>> contents = new ArrayList<>();
        try (PackWriter joined = new PackWriter(1);
                PackWriter writer = new PackWriter(1);
                PackReader reader = new PackReader()) {
            for (int leaf = 0; leaf < layers; leaf++) {
                BitSet pages = new BitSet();
                random.ints(1 + random.nextInt(most), 0, most).forEach(pages::set);
                added.add(pages);
                contents.add(add(writer, leaf, pages, pageSize, random));
                assertThat(joined.join(writer)).isTrue();
                assertThat(writer.isEmpty()).isTrue();
            }
            PackWriter.SealedPack sealed = joined.finish(new PackName(SampleSnapshot.ID, 0));
            assertThat(sealed.pack().pages())
                    .isEqualTo(added.stream().mapToInt(BitSet::cardinality).sum());
            byte[] pack = Arrays.copyOf(joined.buffer(), sealed.pack().size());
            for (int leaf = 0; leaf < layers; leaf++) {
                PackWriter.SealedLayer at = sealed.layers().get(leaf);
                LayerEntry entry = new LayerEntry(0, at.offset(), at.length(), at.pages(), at.pages());
                Layer layer = reader.layer(pack, 0, sealed.pack(), entry, leaf, pageSize);
                assertThat(layer.pages()).isEqualTo(added.get(leaf));
                List<byte[]> expected = contents.get(leaf);
                BitSet seen = new BitSet();
                reader.<RuntimeException>pages(
                        pack, sealed.pack(), entry, layer, pageSize, (first, count, buffer, offset, index) -> {
                            for (int page = 0; page < count; page++) {
                                seen.set(first + page);
                                int from = offset + page * pageSize;
                                byte[] content = Arrays.copyOfRange(buffer, from, from + pageSize);
                                assertThat(content).isEqualTo(expected.get(index + page));
                                assertThat(Digest.of(content))
                                        .isEqualTo(Digest.copyOf(layer.digests(), (index + page) * Digest.LENGTH));
                            }
                        });
                assertThat(seen).isEqualTo(added.get(leaf));
            }
        }
    }

    private static List<byte[]> add(PackWriter writer, int leaf, BitSet pages, int pageSize, Random random) {
        List<byte[]> contents = new ArrayList<>();
        writer.beginLayer(pages.cardinality());
        int perFrame = Math.min(64, ImageGeometry.FRAME_BYTES / pageSize);
        for (int left = pages.cardinality(); left > 0; ) {
            int count = Math.min(left, 1 + random.nextInt(perFrame));
            byte[] frame = new byte[count * pageSize];
            for (int page = 0; page < count; page++) {
                byte[] content = new byte[pageSize];
                Arrays.fill(content, (byte) random.nextInt());
                content[0] = (byte) random.nextInt();
                System.arraycopy(content, 0, frame, page * pageSize, pageSize);
                contents.add(content);
            }
            writer.addFrame(frame, frame.length, pageSize);
            left -= count;
        }
        writer.endLayer(leaf, pages);
        return contents;
    }

    @Test
    void encode_decodedTable_isEqual() throws Exception {
        assertThat(LayerCodec.encode(decode(table()))).isEqualTo(table());
        assertThat(decode(table()).pages()).isEqualTo(all());
        assertThat(decode(table()).frames()).containsExactly(new Frame(8, ENTRY.offset()));
    }

    @Test
    void unpack_anyBitOfPackFlipped_returnsImageOrFails() {
        int errors = 0;
        for (int bit = 0; bit < 8 * PACK.length; bit++) {
            byte[] flipped = PACK.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            errors += isMalformed(bit, () -> SampleSnapshot.unpack(MANIFEST, List.of(flipped))) ? 1 : 0;
        }
        assertThat(errors).isGreaterThan(8 * PACK.length * 9 / 10);
    }

    @Test
    void layer_anyBitOfBlockFlipped_isMalformed() {
        try (PackReader reader = new PackReader()) {
            byte[] block = Arrays.copyOfRange(PACK, ENTRY.offset(), PACK.length);
            assertThat(block).hasSize(ENTRY.blockLength(PACK_ENTRY));
            for (int bit = 0; bit < 8 * block.length; bit++) {
                byte[] flipped = block.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> reader.layer(flipped, ENTRY.offset(), PACK_ENTRY, ENTRY, 0, 512))
                        .as("bit %s", bit)
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void layer_otherLeafOrPageSize_isMalformed() {
        try (PackReader reader = new PackReader()) {
            byte[] block = Arrays.copyOfRange(PACK, ENTRY.offset(), PACK.length);
            assertThatThrownBy(() -> reader.layer(block, ENTRY.offset(), PACK_ENTRY, ENTRY, 1, 512))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("leaf 0 instead of 1");
            LayerEntry tooEarly = new LayerEntry(0, ENTRY.offset() - 1, ENTRY.length(), 8, 8);
            assertThatThrownBy(() -> reader.layer(block, tooEarly.offset(), PACK_ENTRY, tooEarly, 0, 512))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("before their pack");
        }
    }

    /** The sum of the lengths does not fit into 32 bits. */
    @Test
    void layer_framesLongerThanAnyPack_isMalformed() {
        int pages = 128;
        BitSet all = new BitSet();
        all.set(0, pages);
        Layer huge = new Layer(
                0, all, Collections.nCopies(pages, new Frame(1, PackEntry.MAX_BYTES)), new byte[pages * Digest.LENGTH]);
        byte[] table = Zstd.compress(LayerCodec.encode(huge), 1);
        int end = table.length + pages * Digest.LENGTH;
        byte[] block = Arrays.copyOf(table, end + Digest.LENGTH);
        System.arraycopy(Digest.of(block, 0, end).bytes(), 0, block, end, Digest.LENGTH);
        LayerEntry entry = new LayerEntry(0, PackEntry.MAX_BYTES - block.length, table.length, pages, pages);
        try (PackReader reader = new PackReader()) {
            assertThatThrownBy(() -> reader.layer(block, entry.offset(), PACK_ENTRY, entry, 0, 512))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("before their pack");
        }
    }

    @Test
    void unpack_anyBitOfTableFlipped_returnsImageOrFails() {
        byte[] table = table();
        int errors = 0;
        for (int bit = 0; bit < 8 * table.length; bit++) {
            byte[] flipped = table.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            errors += isMalformed(bit, () -> unpackWith(flipped)) ? 1 : 0;
        }
        assertThat(errors).isPositive();
    }

    @Test
    void decode_truncatedOrExtendedTable_isMalformed() {
        byte[] table = table();
        for (int length = 0; length < table.length; length++) {
            byte[] cut = Arrays.copyOf(table, length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(MalformedException.class);
        }
        byte[] longer = Arrays.copyOf(table, table.length + 1);
        assertThatThrownBy(() -> decode(longer)).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_inconsistentTable_isMalformed() {
        int frame = ENTRY.offset();
        List<Layer> wrong = List.of(
                layer(1, all(), new Frame(8, frame)),
                layer(0, new BitSet(), new Frame(8, frame)),
                layer(0, pages(0, 1, 2, 3, 4, 5, 6), new Frame(8, frame)),
                layer(0, pages(0, 1, 2, 3, 4, 5, 6, 7, 8), new Frame(8, frame)),
                layer(0, pages(0, 1, 2, 3, 4, 5, 6, 32_768), new Frame(8, frame)),
                layer(0, all()),
                layer(0, all(), new Frame(7, frame)),
                layer(0, all(), new Frame(9, frame)),
                layer(0, all(), new Frame(8, 1), new Frame(0, 1)),
                layer(0, all(), new Frame(8, PackEntry.MAX_BYTES + 1)),
                layer(0, all(), new Frame(Integer.MAX_VALUE, frame)));
        for (Layer table : wrong) {
            assertThatThrownBy(() -> decode(LayerCodec.encode(table)))
                    .as("%s", table)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void decode_runsThatAreNotSeparateOrTooLong_areMalformed() {
        List<List<Integer>> wrong = List.of(
                List.of(0, 4, 0, 4),
                List.of(0, 0, 0, 8),
                List.of(0, 8, 1),
                List.of(32_767, 8),
                List.of(0, 32_769),
                List.of(Integer.MAX_VALUE, Integer.MAX_VALUE));
        for (List<Integer> runs : wrong) {
            byte[] table = RawCbor.encode(new LinkedHashMap<Object, Object>(
                    Map.of("leaf", 0, "runs", runs, "frames", List.of(8, ENTRY.offset()))));
            assertThatThrownBy(() -> decode(table)).as("%s", runs).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void unpack_framesThatAreNotInThePack_areMalformed() {
        int frame = ENTRY.offset();
        for (Layer table : List.of(
                layer(0, all(), new Frame(8, 0)),
                layer(0, all(), new Frame(8, 1)),
                layer(0, all(), new Frame(8, frame - 1)),
                layer(0, all(), new Frame(8, frame + 1)),
                layer(0, all(), new Frame(4, 1), new Frame(4, frame - 1)),
                layer(0, pages(1, 2, 3, 4, 5, 6, 7, 8), new Frame(8, frame)))) {
            assertThatThrownBy(() -> unpackWith(LayerCodec.encode(table)))
                    .as("%s", table)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void layer_tableClaimingHugeSize_isMalformedWithoutAllocation() throws Throwable {
        byte[] huge = Zstd.compress(new byte[64 << 20], 1);
        byte[] block = Arrays.copyOf(huge, huge.length + 2 * Digest.LENGTH);
        byte[] digest = Digest.of(block, 0, huge.length + Digest.LENGTH).bytes();
        System.arraycopy(digest, 0, block, huge.length + Digest.LENGTH, Digest.LENGTH);
        try (PackReader reader = new PackReader()) {
            Allocation.assertAtMost(
                    4 << 20,
                    () -> assertThatThrownBy(() ->
                                    reader.layer(block, 0, PACK_ENTRY, new LayerEntry(0, 0, huge.length, 1, 1), 0, 512))
                            .isInstanceOf(MalformedException.class)
                            .hasMessageContaining("67108864"));
        }
    }

    @Test
    void encode_longestTables_areBelowLimit() {
        List<Frame> frames = new ArrayList<>();
        for (int page = 0; page < 32_768; page++) {
            frames.add(new Frame(2_048, PackEntry.MAX_BYTES));
        }
        BitSet half = new BitSet();
        for (int page = 1; page < 32_768; page += 2) {
            half.set(page);
        }
        assertThat(LayerCodec.encode(new Layer(Integer.MAX_VALUE, half, frames, new byte[0])).length)
                .isLessThan(LayerCodec.MAX_BYTES);
    }

    @Test
    void addFrame_pagesThatDoNotShrink_areStoredPlain() throws Exception {
        byte[] frame = new byte[4 * 4096];
        new Random(3).nextBytes(frame);
        try (PackWriter writer = new PackWriter(1);
                PackReader reader = new PackReader()) {
            writer.beginLayer(4);
            writer.addFrame(frame, frame.length, 4096);
            writer.endLayer(0, pages(0, 1, 2, 3));
            PackWriter.SealedLayer sealed =
                    writer.finish(new PackName(SampleSnapshot.ID, 0)).layers().get(0);
            assertThat(sealed.offset()).isEqualTo(frame.length);
            assertThat(writer.buffer()).startsWith(frame);
            LayerEntry entry = new LayerEntry(0, sealed.offset(), sealed.length(), 4, 4);
            Layer layer = reader.layer(writer.buffer(), 0, PACK_ENTRY, entry, 0, 4096);
            assertThat(layer.frames()).containsExactly(new Frame(4, frame.length));
            byte[] read = new byte[frame.length];
            reader.pages(
                    writer.buffer(),
                    PACK_ENTRY,
                    entry,
                    layer,
                    4096,
                    (first, count, bytes, offset, index) ->
                            System.arraycopy(bytes, offset, read, first * 4096, count * 4096));
            assertThat(read).isEqualTo(frame);
            Layer longer = new Layer(0, layer.pages(), List.of(new Frame(4, frame.length + 1)), layer.digests());
            assertThatThrownBy(() -> reader.pages(
                            new byte[PackEntry.MAX_BYTES],
                            0,
                            PACK_ENTRY,
                            0,
                            longer,
                            longer.ranges(longer.pages()).get(0),
                            4096,
                            (f, c, b, o, i) -> {}))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void finish_longestPack_isBelowLimit() {
        byte[] frame = new byte[1 << 20];
        Random random = new Random(3);
        try (PackWriter writer = new PackWriter(1)) {
            assertThat(writer.hasRoomFor(32_768, 512)).isTrue();
            writer.beginLayer(32_768);
            for (int i = 0; i < 16; i++) {
                random.nextBytes(frame);
                writer.addFrame(frame, frame.length, 512);
            }
            BitSet all = new BitSet();
            all.set(0, 32_768);
            writer.endLayer(0, all);
            assertThat(writer.hasRoomFor(4_096, 512)).isFalse();
            assertThat(writer.finish(new PackName(SampleSnapshot.ID, 0)).pack().size())
                    .isBetween(17 << 20, PackEntry.MAX_BYTES);
            assertThat(writer.hasRoomFor(32_768, 512)).isTrue();
        }
    }
}
