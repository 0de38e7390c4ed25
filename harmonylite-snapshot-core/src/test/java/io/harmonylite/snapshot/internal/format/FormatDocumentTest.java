package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.SequenceMapFile.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The worked example in {@code docs/format.md} equals the output of the code. {@code -Dformat.write=true} updates the
 * document instead; a change of its bytes is a change of the format.
 */
class FormatDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/format.md");
    private static final int PAGE_SIZE = 512;
    private static final Instant CREATED = Instant.parse("2026-11-24T09:30:00.123Z");

    private static final CheckRecord CHECK = new CheckRecord("quick_check", "3.50.3", List.of(), List.of());

    private final byte[] image = image();
    private final PackWriter.SealedPack sealed;
    private final LeafEntry leaf;
    private final byte[] pack;
    private final Manifest manifest;

    FormatDocumentTest() {
        try (PackWriter writer = new PackWriter(1)) {
            writer.beginLayer(2);
            writer.addFrame(image, image.length, PAGE_SIZE);
            BitSet both = new BitSet();
            both.set(0, 2);
            Digest digest = writer.endLayer(0, both).leaf();
            sealed = writer.finish(new PackName(SampleSnapshot.ID, 0));
            PackWriter.SealedLayer layer = sealed.layers().get(0);
            leaf = new LeafEntry(digest, List.of(new LayerEntry(0, layer.offset(), layer.length(), 2, 2)));
            pack = Arrays.copyOf(writer.buffer(), sealed.pack().size());
        }
        manifest = new Manifest(head(), List.of(sealed.pack()), List.of(leaf), 0, CHECK);
    }

    /** Two pages: the first starts like an SQLite database, the second consists of ones. */
    private static byte[] image() {
        byte[] image = new byte[2 * PAGE_SIZE];
        System.arraycopy("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII), 0, image, 0, 16);
        Arrays.fill(image, PAGE_SIZE, 2 * PAGE_SIZE, (byte) 1);
        return image;
    }

    private ManifestHead head() {
        Digest digest = ImageDigests.image(new ImageGeometry(PAGE_SIZE, 2), List.of(leaf.digest()));
        ImageInfo info = new ImageInfo(
                PAGE_SIZE, 2, 42, -7, "UTF-8", "wal", Digest.of(new byte[0]).hex(), digest.hex());
        return new ManifestHead(
                List.of(),
                SampleSnapshot.ID,
                "orders",
                CREATED,
                "0.1.0",
                Positions.of("changes-1", new StreamPosition(42, CREATED.minusSeconds(1), Instant.EPOCH)),
                info,
                sealed.pack().size(),
                0,
                0,
                PendingRecord.none(),
                new Ordering(7, CREATED.minusMillis(100), Duration.ofHours(24)),
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }

    private List<String> manifestLines() {
        byte[] bytes = ManifestCodec.encode(manifest);
        return new AnnotatedHex(bytes)
                .bytes(8, "magic")
                .item("head: ")
                .bytes(32, "SHA-256 of the bytes 0 to here")
                .item("body: ")
                .bytes(32, "SHA-256 of the bytes 0 to here")
                .lines();
    }

    private List<String> packLines() {
        LayerEntry layer = leaf.layers().get(0);
        return new AnnotatedHex(pack)
                .bytes(layer.offset(), "frame: zstd of pages 1 and 2")
                .bytes(layer.length(), "page table: zstd of the map below")
                .bytes(32, "digest of page 1")
                .bytes(32, "digest of page 2")
                .bytes(32, "SHA-256 of the page table and the digests")
                .lines();
    }

    private List<String> tableLines() throws MalformedException {
        LayerEntry layer = leaf.layers().get(0);
        try (PackReader reader = new PackReader()) {
            return new AnnotatedHex(LayerCodec.encode(
                            reader.layer(pack, 0, manifest.packs().get(0), layer, 0, PAGE_SIZE)))
                    .item("")
                    .lines();
        }
    }

    private static List<String> noteLines() {
        RestoreNote note = new RestoreNote("00112233445566aa", "orders.db.harmonylite-scratch-1/staged.db", "wal");
        return new AnnotatedHex(RestoreNoteCodec.encode(note))
                .item("")
                .bytes(32, "SHA-256 of the bytes 0 to here")
                .lines();
    }

    private static List<String> proofLines() {
        ProofName name = new ProofName(SampleSnapshot.ID, CREATED.plusSeconds(3600));
        return new AnnotatedHex(ProofCodec.encode(name, Duration.ofMillis(1500)))
                .item("")
                .bytes(32, "SHA-256 of the bytes 0 to here")
                .lines();
    }

    private static SequenceMapData map() {
        List<AheadRange> ahead = List.of(new AheadRange(44, 45, null));
        StreamProgress progress = new StreamProgress(42, CREATED.minusSeconds(1), Instant.EPOCH, ahead);
        return new SequenceMapData(
                Map.of("changes-1", progress), "00112233445566aa", new Binding("8899aabbccddeeff", 3), History.OWN);
    }

    private static List<String> mapLines() {
        return new AnnotatedHex(SequenceMapCodec.encode(map()))
                .item("HarmonyLite's: ")
                .same(1024, "padding")
                .item("ours: ")
                .lines();
    }

    /** Computes the digests by the rules of the document, without the code under test. */
    private List<String> digestLines() {
        byte[] one = sha256(Arrays.copyOf(image, PAGE_SIZE));
        byte[] two = sha256(Arrays.copyOfRange(image, PAGE_SIZE, 2 * PAGE_SIZE));
        byte[] leaf = sha256("harmonylite-snapshot leaf 1\0".getBytes(StandardCharsets.US_ASCII), one, two);
        byte[] numbers = ByteBuffer.allocate(8).putInt(PAGE_SIZE).putInt(2).array();
        byte[] whole = sha256("harmonylite-snapshot image 1\0".getBytes(StandardCharsets.US_ASCII), numbers, leaf);
        return List.of("page 1  " + hex(one), "page 2  " + hex(two), "leaf 0  " + hex(leaf), "image   " + hex(whole));
    }

    private static byte[] sha256(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return Digest.of(all.toByteArray()).bytes();
    }

    private static String hex(byte[] bytes) {
        return Digest.copyOf(bytes, 0).hex();
    }

    @Test
    void example_manifest_matchesEncoder() throws Exception {
        assertThat(documented("manifest", manifestLines())).isEqualTo(manifestLines());
        assertThat(ManifestCodec.decode(ManifestCodec.encode(manifest))).isEqualTo(manifest);
    }

    @Test
    void example_pack_matchesEncoder() throws Exception {
        assertThat(documented("pack", packLines())).isEqualTo(packLines());
        assertThat(SampleSnapshot.unpack(manifest, List.of(pack))).isEqualTo(image);
    }

    @Test
    void example_table_matchesEncoder() throws Exception {
        assertThat(documented("table", tableLines())).isEqualTo(tableLines());
    }

    @Test
    void example_note_matchesEncoder() throws Exception {
        assertThat(documented("note", noteLines())).isEqualTo(noteLines());
    }

    @Test
    void example_proof_matchesEncoder() throws Exception {
        assertThat(documented("proof", proofLines())).isEqualTo(proofLines());
    }

    @Test
    void example_map_matchesEncoder() throws Exception {
        assertThat(documented("map", mapLines())).isEqualTo(mapLines());
        SequenceMapFile decoded = SequenceMapCodec.decode(SequenceMapCodec.encode(map()));
        assertThat(decoded).isEqualTo(new SequenceMapFile(Kind.OURS, map(), 0));
    }

    @Test
    void example_digests_matchCode() throws Exception {
        assertThat(documented("digests", digestLines())).isEqualTo(digestLines());
        assertThat(digestLines())
                .endsWith(
                        "leaf 0  " + leaf.digest().hex(),
                        "image   " + manifest.head().image().imageDigest());
    }

    @Test
    void limits_document_matchCode() throws Exception {
        assertThat(Files.readString(DOCUMENT))
                .contains("at most " + (ManifestCodec.MAX_HEAD_BYTES >> 10) + " KiB")
                .contains("at most " + (ManifestCodec.MAX_BYTES >> 20) + " MiB")
                .contains("at most " + (PackEntry.MAX_BYTES >> 20) + " MiB")
                .contains("at most " + ProofCodec.MAX_BYTES + " bytes")
                .contains("at most " + (LayerCodec.MAX_BYTES >> 20) + " MiB before")
                .contains("at most " + (ImageGeometry.MAX_TAKEABLE_BYTES >> 40) + " TiB")
                .contains((ImageGeometry.LEAF_BYTES >> 20) + " MiB of image")
                .contains((ImageGeometry.FRAME_BYTES >> 20) + " MiB of pages");
    }

    /** Returns the block of this name; updates it first if {@code format.write} is set. */
    private static List<String> documented(String name, List<String> right) throws Exception {
        String text = Files.readString(DOCUMENT);
        Matcher block = Pattern.compile("(?s)(<!-- example " + name + " -->\n```\n)(.*?)(```)")
                .matcher(text);
        assertThat(block.find()).as("the example %s in %s", name, DOCUMENT).isTrue();
        if (Boolean.getBoolean("format.write")) {
            String lines = String.join("\n", right) + "\n";
            Files.writeString(
                    DOCUMENT,
                    new StringBuilder(text)
                            .replace(block.start(2), block.end(2), lines)
                            .toString());
            return right;
        }
        return new ArrayList<>(block.group(2).lines().toList());
    }
}
