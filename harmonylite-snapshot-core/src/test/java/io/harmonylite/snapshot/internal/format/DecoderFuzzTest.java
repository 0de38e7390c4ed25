package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Whatever a decoder is given, it decodes it or says that it is malformed or too new: no other exception, no memory that
 * its bounds do not allow. What was found once lies beside the test and is run again with every build; CONTRIBUTING says
 * how to look for more. Where a digest guards the bytes it is made right first: else nothing behind it would be reached.
 */
class DecoderFuzzTest {

    /** Far below what a claim of 2^31 entries would take, and above what any input of a fuzzer can. */
    private static final long MEMORY = 64 << 20;

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final byte[] MAP = sequenceMap();
    private static final int MAP_FIRST = firstLength(MAP);
    private static final ProofName PROOF = ProofName.parse(
                    "20261124T093000123Z-node_1-0123456789abcdef-20261125T093000123Z")
            .orElse(null);

    private static byte[] sequenceMap() {
        return SequenceMapCodec.encode(new SequenceMapData(
                Map.of("changes-1", new StreamProgress(42, null, null, List.of())),
                null,
                new Binding("8899aabbccddeeff", 3),
                SequenceMapData.History.OWN));
    }

    private static int firstLength(byte[] map) {
        try {
            return CborReader.itemLength(map, 0, map.length);
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void decoding(Decoding decoding) throws Throwable {
        if (Allocation.by(() -> attempt(decoding)) > MEMORY) {
            Allocation.assertAtMost(MEMORY, () -> attempt(decoding)); // Classes were loaded the first time.
        }
    }

    private static void attempt(Decoding decoding) throws Exception {
        try {
            decoding.run();
        } catch (MalformedException | UnsupportedFormatException e) {
            assertThat(e).hasMessageMatching("(?s).+"); // Whoever reads it learns what is wrong.
        }
    }

    private interface Decoding {
        void run() throws Exception;
    }

    private static byte[] sealed(byte[] bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes);
        all.writeBytes(Digest.of(bytes).bytes());
        return all.toByteArray();
    }

    /** A manifest as it lies in a store. */
    @FuzzTest(maxDuration = "1m")
    void manifest(byte[] bytes) throws Throwable {
        decoding(() -> ManifestCodec.decodeHead(bytes));
        decoding(() -> ManifestCodec.decode(bytes));
        decoding(() -> ManifestCodec.decodePacks(bytes));
    }

    /** The CBOR of a head, whose digest is right. */
    @FuzzTest(maxDuration = "1m")
    void manifestHead(byte[] head) throws Throwable {
        decoding(() -> ManifestCodec.decodeHead(RawManifest.seal(head, new byte[0])));
    }

    /** The CBOR of a body, whose head is right. */
    @FuzzTest(maxDuration = "1m")
    void manifestBody(byte[] body) throws Throwable {
        decoding(() -> BodyCodec.decode(SMALL.manifest().head(), body, 0, body.length));
        decoding(() -> BodyCodec.decodeNames(body, 0, body.length));
    }

    /** A leaf, not compressed. */
    @FuzzTest(maxDuration = "1m")
    void leaf(byte[] bytes) throws Throwable {
        decoding(() -> LeafCodec.decode(bytes, bytes.length, SMALL.manifest(), 0));
    }

    /** A pack of the right length: its frames and its leaf. */
    @FuzzTest(maxDuration = "1m")
    void pack(byte[] bytes) throws Throwable {
        byte[] whole = Arrays.copyOf(bytes, SMALL.packs().get(0).length);
        decoding(() -> assertThat(SampleSnapshot.unpack(SMALL.manifest(), List.of(whole)))
                .isEqualTo(SMALL.image()));
    }

    /** A sequence map's file. */
    @FuzzTest(maxDuration = "1m")
    void harmonyLiteMap(byte[] bytes) throws Throwable {
        decoding(() -> SequenceMapCodec.decode(bytes));
    }

    /** What is behind the first item of a sequence map, with its digest. */
    @FuzzTest(maxDuration = "1m")
    void sequenceMapSecondItem(byte[] bytes) throws Throwable {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(MAP, 0, MAP_FIRST);
        all.writeBytes(sealed(bytes));
        decoding(() -> SequenceMapCodec.decode(all.toByteArray()));
    }

    /** The note of a restore, and a proof, with their digests. */
    @FuzzTest(maxDuration = "1m")
    void noteAndProof(byte[] bytes) throws Throwable {
        decoding(() -> RestoreNoteCodec.decode(sealed(bytes)));
        decoding(() -> assertThat(ProofCodec.decode(sealed(bytes), PROOF)).isGreaterThanOrEqualTo(Duration.ZERO));
    }

    /** Positions as a restored database holds them. */
    @FuzzTest(maxDuration = "1m")
    void positions(byte[] bytes) throws Throwable {
        decoding(() -> PositionsCodec.decode(bytes));
    }

    /** HarmonyLite's change messages. */
    @FuzzTest(maxDuration = "1m")
    void changeMessage(byte[] bytes) throws Throwable {
        decoding(() -> ChangeMessageCodec.decodePlain(bytes));
        decoding(() -> ChangeMessageCodec.decodeCompressed(bytes));
    }

    /** Names that a store lists. */
    @FuzzTest(maxDuration = "1m")
    void names(byte[] bytes) throws Throwable {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        decoding(() -> PackName.parse(text).ifPresent(name -> assertThat(name).hasToString(text)));
        decoding(() -> ProofName.parse(text).ifPresent(name -> assertThat(name).hasToString(text)));
        try {
            assertThat(SnapshotId.parse(text)).hasToString(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("'");
        }
    }
}
