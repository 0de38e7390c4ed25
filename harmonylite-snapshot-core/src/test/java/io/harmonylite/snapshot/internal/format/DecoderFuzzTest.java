package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A decoder returns a value or reports malformed or unsupported input for any bytes: it throws no other exception and
 * allocates no more than its bounds allow. Inputs found once are stored with this test and run in every build;
 * CONTRIBUTING says how to search for more. If a digest guards the bytes, the test corrects it first, because the
 * decoder would stop there otherwise.
 */
class DecoderFuzzTest {

    /** Far below the size of 2^31 claimed entries, and above the needs of any fuzzed input. */
    private static final long MEMORY = 64 << 20;

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final KeyRing KEYS = keys();
    private static final SampleSnapshot SEALED =
            SampleSnapshot.sealed(KEYS, SnapshotId.parse("20261123T093000123Z-node_1-fedcba9876543210"));
    private static final byte[] MAP = sequenceMap();
    private static final int MAP_FIRST = firstLength(MAP);
    private static final ProofName PROOF = ProofName.parse(
                    "20261124T093000123Z-node_1-0123456789abcdef-20261125T093000123Z")
            .orElse(null);

    private static KeyRing keys() {
        try {
            return TinkKeyRing.parse(TinkKeyRing.create());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

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
            Allocation.assertAtMost(MEMORY, () -> attempt(decoding)); // The first call may have loaded classes.
        }
    }

    private static void attempt(Decoding decoding) throws Exception {
        try {
            decoding.run();
        } catch (MalformedException | SnapshotKeyException | UnsupportedFormatException e) {
            assertThat(e).hasMessageMatching("(?s).+"); // The message names the error.
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

    /** A manifest as a store holds it. */
    @FuzzTest(maxDuration = "1m")
    void manifest(byte[] bytes) throws Throwable {
        decoding(() -> ManifestCodec.decodeHead(bytes));
        decoding(() -> ManifestCodec.decode(bytes));
        decoding(() -> ManifestCodec.decodePacks(bytes));
    }

    /** The CBOR of a head with the right digest. */
    @FuzzTest(maxDuration = "1m")
    void manifestHead(byte[] head) throws Throwable {
        decoding(() -> ManifestCodec.decodeHead(RawManifest.seal(head, new byte[0])));
    }

    /** The CBOR of a body with the right head. */
    @FuzzTest(maxDuration = "1m")
    void manifestBody(byte[] body) throws Throwable {
        decoding(() -> BodyCodec.decode(SMALL.manifest().head(), null, body, 0, body.length));
        decoding(() -> BodyCodec.decodeNames(SMALL.manifest().head().geometry(), body, 0, body.length));
    }

    /** The secret values of a head and of a body, sealed with the key. */
    @FuzzTest(maxDuration = "1m")
    void sealedManifest(byte[] contents) throws Throwable {
        ManifestHead head = SEALED.manifest().head();
        DataKey key = Objects.requireNonNull(SEALED.manifest().key());
        byte[] body = SealedParts.body(SEALED.manifest(), contents);
        decoding(() -> BodyCodec.decode(head, key, body, 0, body.length));
        decoding(() -> HeadCodec.open(SealedParts.head(head, key, contents), key));
    }

    /** A sealed manifest as a store holds it, with the right digests. */
    @FuzzTest(maxDuration = "1m")
    void sealOfHead(byte[] head) throws Throwable {
        byte[] manifest = RawManifest.seal(head, new byte[0]);
        decoding(() -> ManifestCodec.decode(manifest, KEYS));
        decoding(() -> ManifestCodec.decodeOutline(manifest));
    }

    /** Many small items: the input, some millions of times, as packs, as leaves, as layers or as unknown keys. */
    @FuzzTest(maxDuration = "1m")
    void manifestOfManyItems(byte[] item) throws Throwable {
        ImageGeometry geometry = SMALL.manifest().head().geometry();
        for (ManyItems place : ManyItems.values()) {
            byte[] body = place.body(item, 2 << 20);
            decoding(() -> BodyCodec.decode(SMALL.manifest().head(), null, body, 0, body.length));
            decoding(() -> BodyCodec.decodeNames(geometry, body, 0, body.length));
        }
    }

    /** An uncompressed page table. */
    @FuzzTest(maxDuration = "1m")
    void leaf(byte[] bytes) throws Throwable {
        decoding(() -> LayerCodec.decode(bytes, 0, new byte[8 * Digest.LENGTH], 32_768, 2_048));
    }

    /** A pack of the right length: its frames and its page table. */
    @FuzzTest(maxDuration = "1m")
    void pack(byte[] bytes) throws Throwable {
        byte[] whole = Arrays.copyOf(bytes, SMALL.packs().get(0).length);
        decoding(() -> assertThat(SampleSnapshot.unpack(SMALL.manifest(), List.of(whole)))
                .isEqualTo(SMALL.image()));
    }

    /** The file of a sequence map. */
    @FuzzTest(maxDuration = "1m")
    void harmonyLiteMap(byte[] bytes) throws Throwable {
        decoding(() -> SequenceMapCodec.decode(bytes));
    }

    /** The bytes after the first item of a sequence map, with their digest. */
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
