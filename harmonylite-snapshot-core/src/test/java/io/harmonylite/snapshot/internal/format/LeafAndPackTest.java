package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Packs and leaves that are damaged although their digests are right, as after a fault of the writer. They yield the
 * image or an error, and nothing else.
 */
class LeafAndPackTest {

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final Manifest MANIFEST = SMALL.manifest();
    private static final byte[] PACK = SMALL.packs().get(0);
    private static final LeafEntry ENTRY = MANIFEST.leaves().get(0);

    private static byte[] leafBytes() {
        return Zstd.decompress(Arrays.copyOfRange(PACK, ENTRY.offset(), PACK.length), LeafCodec.MAX_BYTES);
    }

    private static Leaf leaf() throws MalformedException {
        byte[] bytes = leafBytes();
        return LeafCodec.decode(bytes, bytes.length, MANIFEST, 0);
    }

    /** Unpacks the original frames with another leaf. */
    private static byte[] unpackWith(byte[] leaf) throws MalformedException {
        byte[] stored = Zstd.compress(leaf, 1);
        byte[] pack = Arrays.copyOf(PACK, ENTRY.offset() + stored.length);
        System.arraycopy(stored, 0, pack, ENTRY.offset(), stored.length);
        PackEntry entry = new PackEntry(MANIFEST.packs().get(0).name(), pack.length, Digest.of(pack));
        LeafEntry leafEntry = new LeafEntry(0, ENTRY.offset(), stored.length, ENTRY.digest(), ENTRY.sources());
        return SampleSnapshot.unpack(new Manifest(MANIFEST.head(), List.of(entry), List.of(leafEntry)), List.of(pack));
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

    @Property(tries = 300)
    void decode_anyLeafEncoded_isEqual(
            @ForAll @IntRange(max = 7) int power,
            @ForAll @IntRange(min = 1, max = 600) int pages,
            @ForAll Random random)
            throws MalformedException {
        ImageGeometry geometry = new ImageGeometry(512 << power, Math.min(pages, (16 << 20) / (512 << power)));
        List<PackEntry> packs = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            packs.add(new PackEntry(new PackName(SampleSnapshot.ID, number), 1 + random.nextInt(1000), ENTRY.digest()));
        }
        Leaf leaf = leaf(geometry, packs, random);
        int[] counts = new int[packs.size()];
        leaf.runs().forEach(run -> counts[run.pack()] += run.pages());
        List<LeafEntry.Source> sources = new ArrayList<>();
        for (int pack = 0; pack < counts.length; pack++) {
            sources.add(new LeafEntry.Source(pack, counts[pack]));
        }
        LeafEntry entry = new LeafEntry(0, 0, 1, ImageDigests.leaf(leaf.digests()), sources);
        Manifest manifest = new Manifest(headOf(geometry), packs, List.of(entry));
        byte[] bytes = LeafCodec.encode(leaf);
        Leaf decoded = LeafCodec.decode(bytes, bytes.length, manifest, 0);
        assertThat(decoded.digests()).isEqualTo(leaf.digests());
        assertThat(decoded.packs()).isEqualTo(leaf.packs());
        assertThat(decoded.runs()).isEqualTo(leaf.runs());
    }

    /**
     * Creates a leaf whose runs name each page once and lie within their frames and packs, sometimes at the very end.
     */
    private static Leaf leaf(ImageGeometry geometry, List<PackEntry> packs, Random random) {
        int pages = geometry.pagesIn(0);
        byte[] digests = new byte[Digest.LENGTH * pages];
        random.nextBytes(digests);
        List<Run> runs = new ArrayList<>();
        int first = 0;
        for (int part : MadeUp.parts(random, pages)) {
            for (int left = part; left > 0; ) {
                int count = Math.min(left, geometry.pagesPerFrame());
                int pack = random.nextInt(packs.size());
                int size = packs.get(pack).size();
                int offset = random.nextInt(size + 1);
                int length = random.nextBoolean() ? size - offset : random.nextInt(size - offset + 1);
                runs.add(new Run(
                        first, count, pack, offset, length, random.nextInt(geometry.pagesPerFrame() - count + 1)));
                first += count;
                left -= count;
            }
        }
        return new Leaf(
                digests, packs.stream().map(pack -> pack.name().toString()).toList(), runs);
    }

    private static ManifestHead headOf(ImageGeometry geometry) {
        ImageInfo image = new ImageInfo(
                geometry.pageSize(),
                geometry.pageCount(),
                0,
                0,
                "UTF-8",
                "wal",
                ENTRY.digest().hex(),
                "");
        return new ManifestHead(List.of(), SampleSnapshot.ID, "n", Instant.EPOCH, "1", Positions.none(), image, 0);
    }

    @Test
    void encode_decodedLeaf_isEqual() throws Exception {
        assertThat(LeafCodec.encode(leaf())).isEqualTo(leafBytes());
        assertThat(leaf().pages()).isEqualTo(8);
        assertThat(leaf().runs()).containsExactly(new Run(0, 8, 0, 0, ENTRY.offset(), 0));
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
    void unpack_anyBitOfLeafFlipped_returnsImageOrFails() {
        byte[] leaf = leafBytes();
        int errors = 0;
        for (int bit = 0; bit < 8 * leaf.length; bit++) {
            byte[] flipped = leaf.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            errors += isMalformed(bit, () -> unpackWith(flipped)) ? 1 : 0;
        }
        assertThat(errors).isPositive();
    }

    @Test
    void decode_truncatedOrExtendedLeaf_isMalformed() {
        byte[] leaf = leafBytes();
        for (int length = 0; length < leaf.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> LeafCodec.decode(leaf, cut, MANIFEST, 0)).isInstanceOf(MalformedException.class);
        }
        byte[] longer = Arrays.copyOf(leaf, leaf.length + 1);
        assertThatThrownBy(() -> LeafCodec.decode(longer, longer.length, MANIFEST, 0))
                .isInstanceOf(MalformedException.class);
    }

    private static Run run(int first, int pages, int pack, long offset, int length, int index) {
        return new Run(first, pages, pack, offset, length, index);
    }

    @Test
    void decode_inconsistentRuns_areMalformed() throws Exception {
        int frame = ENTRY.offset();
        int full = 1 << 20;
        List<List<Run>> wrong = List.of(
                List.of(),
                List.of(run(0, 7, 0, 0, frame, 0)),
                List.of(run(0, 9, 0, 0, frame, 0)),
                List.of(run(1, 7, 0, 0, frame, 0)),
                List.of(run(0, 8, 0, 0, frame, 0), run(0, 8, 0, 0, frame, 0)),
                List.of(run(4, 4, 0, 0, frame, 4), run(0, 4, 0, 0, frame, 0)),
                List.of(run(0, 0, 0, 0, frame, 0), run(0, 8, 0, 0, frame, 0)),
                List.of(run(0, 8, 1, 0, frame, 0)),
                List.of(run(0, 8, 0, PACK.length, frame, 0)),
                List.of(run(0, 8, 0, 0, PACK.length + 1, 0)),
                List.of(run(0, 8, 0, 1L << 32, frame, 0)),
                List.of(run(0, 8, 0, 0, frame, full / 512 - 7)),
                List.of(run(0, 8, 0, 0, frame, Integer.MAX_VALUE)));
        byte[] digests = leaf().digests();
        List<String> packs = leaf().packs();
        for (List<Run> runs : wrong) {
            byte[] bytes = LeafCodec.encode(new Leaf(digests, packs, runs));
            assertThatThrownBy(() -> LeafCodec.decode(bytes, bytes.length, MANIFEST, 0))
                    .as("%s", runs)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void unpack_runsOutsideFrame_areMalformed() throws Exception {
        int frame = ENTRY.offset();
        byte[] digests = leaf().digests();
        for (Run run : List.of(
                run(0, 8, 0, 0, frame, 1), // after the last page of the frame
                run(0, 8, 0, 0, 0, 0),
                run(0, 8, 0, 0, 1, 0),
                run(0, 8, 0, 0, frame - 1, 0),
                run(0, 8, 0, 1, frame, 0))) {
            byte[] leaf = LeafCodec.encode(new Leaf(digests, leaf().packs(), List.of(run)));
            assertThatThrownBy(() -> unpackWith(leaf)).as("%s", run).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void unpack_swappedPages_areMalformed() throws Exception {
        int frame = ENTRY.offset();
        List<Run> swapped = List.of(run(0, 4, 0, 0, frame, 4), run(4, 4, 0, 0, frame, 0));
        byte[] leaf = LeafCodec.encode(new Leaf(leaf().digests(), leaf().packs(), swapped));
        assertThatThrownBy(() -> unpackWith(leaf)).isInstanceOf(MalformedException.class);
    }

    @Test
    void unpack_severalRunsOfOneFrame_returnImage() throws Exception {
        int frame = ENTRY.offset();
        List<Run> runs = new ArrayList<>();
        for (int page = 0; page < 8; page++) {
            runs.add(run(page, 1, 0, 0, frame, page));
        }
        assertThat(unpackWith(LeafCodec.encode(new Leaf(leaf().digests(), leaf().packs(), runs))))
                .isEqualTo(SMALL.image());
    }

    @Test
    void decode_otherDigestsOrPacks_areMalformed() throws Exception {
        Leaf right = leaf();
        byte[] others = right.digests().clone();
        others[0] ^= 1;
        for (Leaf wrong : List.of(
                new Leaf(others, right.packs(), right.runs()),
                new Leaf(Arrays.copyOf(others, others.length - 1), right.packs(), right.runs()),
                new Leaf(Arrays.copyOf(others, others.length + 32), right.packs(), right.runs()),
                new Leaf(right.digests(), List.of(), right.runs()),
                new Leaf(right.digests(), List.of(new PackName(SampleSnapshot.ID, 1).toString()), right.runs()))) {
            byte[] bytes = LeafCodec.encode(wrong);
            assertThatThrownBy(() -> LeafCodec.decode(bytes, bytes.length, MANIFEST, 0))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void unpack_frameClaimingHugeSize_isMalformedWithoutAllocation() throws Throwable {
        byte[] huge = Zstd.compress(new byte[64 << 20], 1);
        Allocation.assertAtMost(
                16 << 20,
                () -> assertThatThrownBy(() -> {
                            byte[] pack = Arrays.copyOf(PACK, ENTRY.offset() + huge.length);
                            System.arraycopy(huge, 0, pack, ENTRY.offset(), huge.length);
                            PackEntry entry =
                                    new PackEntry(MANIFEST.packs().get(0).name(), pack.length, Digest.of(pack));
                            LeafEntry leaf =
                                    new LeafEntry(0, ENTRY.offset(), huge.length, ENTRY.digest(), ENTRY.sources());
                            SampleSnapshot.unpack(
                                    new Manifest(MANIFEST.head(), List.of(entry), List.of(leaf)), List.of(pack));
                        })
                        .isInstanceOf(MalformedException.class)
                        .hasMessageContaining("67108864"));
    }

    @Test
    void encode_longestLeaf_isBelowLimit() {
        ImageGeometry geometry = new ImageGeometry(512, 32_768);
        List<Run> runs = new ArrayList<>();
        List<String> packs = new ArrayList<>();
        for (int page = 0; page < geometry.pagesIn(0); page++) {
            runs.add(run(page, 1, 1_000, PackEntry.MAX_BYTES, 1 << 20, 2_047));
        }
        for (int pack = 0; pack < 1_000; pack++) {
            packs.add("20261124T093000123Z-" + "n".repeat(32) + "-0123456789abcdef-999999");
        }
        Leaf leaf = new Leaf(new byte[32 * geometry.pagesIn(0)], packs, runs);
        assertThat(LeafCodec.encode(leaf).length).isLessThan(LeafCodec.MAX_BYTES);
    }

    @Test
    void finish_longestPack_isBelowLimit() {
        ImageGeometry geometry = new ImageGeometry(512, 32_768);
        byte[] frame = new byte[1 << 20];
        Random random = new Random(3);
        try (PackWriter writer = new PackWriter(1)) {
            writer.begin(geometry.pagesIn(0));
            for (int i = 0; i < 16; i++) {
                random.nextBytes(frame);
                writer.addFrame(frame, frame.length, 512);
            }
            assertThat(writer.finish(new PackName(SampleSnapshot.ID, 0), 0)
                            .pack()
                            .size())
                    .isBetween(17 << 20, PackEntry.MAX_BYTES);
        }
    }
}
