package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sealed manifest: what is readable without keys, and that nothing in it can be changed without them. */
class SealedManifestTest {

    private static final SnapshotId OTHER = SnapshotId.parse("20261123T093000123Z-node_1-fedcba9876543210");
    private static final KeyRing KEYS = ring();

    private static KeyRing ring() {
        try {
            return TinkKeyRing.parse(TinkKeyRing.create());
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a sealed snapshot whose packs are of an earlier take and of its own. */
    private static SampleSnapshot sample() {
        return SampleSnapshot.sealed(KEYS, OTHER);
    }

    @Test
    void decode_withKeys_returnsWhatWasEncodedAndOpensPacksOfEarlierTakes() throws Exception {
        SampleSnapshot made = sample();
        Manifest read = ManifestCodec.decode(ManifestCodec.encode(made.manifest()), KEYS);
        assertThat(read.head().image()).isEqualTo(made.manifest().head().image());
        assertThat(read.head().notCompacted()).isEqualTo(Optional.of("a reason with names"));
        assertThat(read.leaves()).isEqualTo(made.manifest().leaves());
        assertThat(SampleSnapshot.unpack(read, made.packs())).isEqualTo(made.image());
        assertThat(ManifestCodec.decodeHead(ManifestCodec.encode(made.manifest()), KEYS)
                        .image())
                .isEqualTo(made.manifest().head().image());
    }

    @Test
    void decode_withoutOrWithOtherKeys_namesTheKey() {
        byte[] bytes = ManifestCodec.encode(sample().manifest());
        for (KeyRing keys : Arrays.asList(null, ring())) {
            assertThatThrownBy(() -> ManifestCodec.decode(bytes, keys))
                    .isInstanceOfSatisfying(
                            SnapshotKeyException.class, e -> assertThat(e.key()).contains(KEYS.first()))
                    .hasMessageContaining(KEYS.first());
        }
    }

    @Test
    void decode_plainManifestWithKeys_isRejected() {
        byte[] bytes = ManifestCodec.encode(SampleSnapshot.small().manifest());
        assertThatThrownBy(() -> ManifestCodec.decode(bytes, KEYS))
                .isInstanceOf(SnapshotKeyException.class)
                .hasMessageContaining("without keys");
        assertThatThrownBy(() -> ManifestCodec.decodeHead(bytes, KEYS)).isInstanceOf(SnapshotKeyException.class);
    }

    @Test
    void decodeOutline_withoutKeys_returnsPacksAndNoDigests() throws Exception {
        Manifest made = sample().manifest();
        byte[] bytes = ManifestCodec.encode(made);
        Outline outline = ManifestCodec.decodeOutline(bytes);
        assertThat(outline.encode()).isEqualTo(bytes);
        assertThat(outline.packs()).extracting(PackEntry::name).isEqualTo(names(made));
        assertThat(ManifestCodec.decodePacks(bytes)).isEqualTo(names(made));
        assertThat(outline.head().positions()).isEqualTo(made.head().positions());
        assertThat(outline.head().image().imageDigest()).matches("0{64}");
        assertThat(outline.head().image().schemaDigest()).matches("0{64}");
        assertThat(outline.head().notCompacted()).isEmpty();
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("a reason with names");
    }

    private static List<PackName> names(Manifest manifest) {
        return manifest.packs().stream().map(PackEntry::name).toList();
    }

    /** A copy has no key, and changes these values. */
    @Test
    void decode_copyWithOtherOrdering_isOpened() throws Exception {
        Outline outline = ManifestCodec.decodeOutline(ManifestCodec.encode(sample().manifest()));
        Ordering copied =
                new Ordering(0, Instant.EPOCH.plusSeconds(9), Duration.ofHours(1), Instant.EPOCH.plusSeconds(5));
        Manifest read = ManifestCodec.decode(outline.with(copied).encode(), KEYS);
        assertThat(read.head().ordering()).isEqualTo(copied);
    }

    /** Every other readable value, with all digests corrected by the forger. */
    @Test
    void decode_anyReadableValueChanged_isMalformed() throws Exception {
        Outline.Closed stored = (Outline.Closed) ManifestCodec.decodeOutline(ManifestCodec.encode(sample().manifest()));
        ManifestHead head = stored.head();
        ImageInfo image = head.image();
        Positions further = Positions.of("changes-1", StreamPosition.at(43));
        List<ManifestHead> forged = List.of(
                head.with(new Ordering(7, Instant.EPOCH, Duration.ZERO, null)),
                withImage(
                        head, new ImageInfo(512, 7, 3, -7, "UTF-8", "wal", image.schemaDigest(), image.imageDigest())),
                withImage(
                        head, new ImageInfo(512, 8, 4, -7, "UTF-8", "wal", image.schemaDigest(), image.imageDigest())),
                withImage(head, new ImageInfo(512, 8, 3, -7, "UTF-8", "wal", image.schemaDigest(), "1".repeat(64))),
                with(head, further, head.created(), head.id(), head.name()),
                with(head, head.positions(), head.created().plusSeconds(1), head.id(), head.name()),
                with(head, head.positions(), head.created(), OTHER, head.name()),
                with(head, head.positions(), head.created(), head.id(), "other"));
        for (ManifestHead other : forged) {
            byte[] bytes = new Outline.Closed(other, stored.packs(), stored.body()).encode();
            assertThatThrownBy(() -> ManifestCodec.decode(bytes, KEYS))
                    .as("%s", other)
                    .isInstanceOfAny(MalformedException.class, SnapshotKeyException.class);
            assertThatThrownBy(() -> ManifestCodec.decodeHead(bytes, KEYS))
                    .as("%s", other)
                    .isInstanceOfAny(MalformedException.class, SnapshotKeyException.class);
        }
    }

    private static ManifestHead withImage(ManifestHead head, ImageInfo image) {
        return new ManifestHead(
                head.requires(),
                head.id(),
                head.name(),
                head.created(),
                head.libraryVersion(),
                head.positions(),
                image,
                head.storedBytes(),
                head.referencedBytes(),
                head.rewrittenBytes(),
                head.unpublished(),
                head.ordering(),
                head.possiblyMissing(),
                head.notCompacted(),
                head.seal());
    }

    private static ManifestHead with(
            ManifestHead head, Positions positions, Instant created, SnapshotId id, String name) {
        return new ManifestHead(
                head.requires(),
                id,
                name,
                created,
                head.libraryVersion(),
                positions,
                head.image(),
                head.storedBytes(),
                head.referencedBytes(),
                head.rewrittenBytes(),
                head.unpublished(),
                head.ordering(),
                head.possiblyMissing(),
                head.notCompacted(),
                head.seal());
    }

    /** The body of another snapshot, or its packs in another order, with all digests corrected by the forger. */
    @Test
    void decode_bodyChanged_isMalformed() throws Exception {
        byte[] bytes = ManifestCodec.encode(sample().manifest());
        Outline.Closed stored = (Outline.Closed) ManifestCodec.decodeOutline(bytes);
        Outline.Closed another =
                (Outline.Closed) ManifestCodec.decodeOutline(ManifestCodec.encode(sample().manifest()));
        List<byte[]> bodies = new ArrayList<>(List.of(another.body()));
        for (int bit = 0; bit < 8 * stored.body().length; bit += 13) {
            byte[] flipped = stored.body().clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            bodies.add(flipped);
        }
        for (byte[] body : bodies) {
            byte[] forged = new Outline.Closed(stored.head(), stored.packs(), body).encode();
            assertThatThrownBy(() -> ManifestCodec.decode(forged, KEYS)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void decode_sealOfAnotherSnapshot_isRejected() throws Exception {
        Outline.Closed stored = (Outline.Closed) ManifestCodec.decodeOutline(ManifestCodec.encode(sample().manifest()));
        ManifestSeal another = ManifestCodec.decodeOutline(ManifestCodec.encode(sample().manifest()))
                .head()
                .seal()
                .orElseThrow();
        ManifestSeal own = stored.head().seal().orElseThrow();
        for (ManifestSeal seal : List.of(
                another,
                new ManifestSeal(own.key(), another.wrapped(), own.head()),
                new ManifestSeal(own.key(), own.wrapped(), another.head()),
                new ManifestSeal(own.key(), own.wrapped(), new byte[0]),
                new ManifestSeal(own.key(), new byte[0], own.head()),
                new ManifestSeal("1", own.wrapped(), own.head()))) {
            ManifestHead head = stored.head().with("0".repeat(64), "0".repeat(64), Optional.empty(), seal);
            byte[] forged = new Outline.Closed(head, stored.packs(), stored.body()).encode();
            assertThatThrownBy(() -> ManifestCodec.decode(forged, KEYS))
                    .as("%s", seal)
                    .isInstanceOfAny(MalformedException.class, SnapshotKeyException.class);
        }
    }

    /** A segment of 4,096 bytes has 4,080 of content, the first one 40 fewer. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4039, 4040, 4041, 8119, 8120, 8121, 1 << 20})
    void seal_anyNumberOfSegments_hasTheStatedLength(int content) throws Exception {
        DataKey key = DataKey.random("orders", OTHER);
        PackName pack = new PackName(OTHER, 1);
        byte[] plain = new byte[content];
        new Random(content).nextBytes(plain);
        int length = DataKey.sealedLength(content);
        byte[] bytes = Arrays.copyOf(plain, length + 1);
        key.seal(Kind.FRAME, pack, bytes, 0, content);
        assertThat(key.open(Kind.FRAME, pack, 0, bytes, 0, length)).isEqualTo(plain);
        for (int wrong : new int[] {length - 1, length + 1}) {
            assertThatThrownBy(() -> key.open(Kind.FRAME, pack, 0, bytes, 0, wrong))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void open_anotherPlaceKindNameOrTake_isMalformed() throws Exception {
        DataKey key = DataKey.random("orders", OTHER);
        PackName pack = new PackName(OTHER, 1);
        byte[] bytes = new byte[20 + DataKey.sealedLength(80)];
        key.seal(Kind.FRAME, pack, bytes, 10, 80);
        int length = DataKey.sealedLength(80);
        assertThat(key.open(Kind.FRAME, pack, 10, bytes, 10, length)).isEqualTo(new byte[80]);
        DataKey otherName = DataKey.of("other", OTHER, key.secret());
        for (Opening wrong : List.<Opening>of(
                () -> key.open(Kind.BLOCK, pack, 10, bytes, 10, length),
                () -> key.open(Kind.FRAME, new PackName(OTHER, 2), 10, bytes, 10, length),
                () -> key.open(Kind.FRAME, new PackName(SampleSnapshot.ID, 1), 10, bytes, 10, length),
                () -> key.open(Kind.FRAME, pack, 11, bytes, 10, length),
                () -> key.open(Kind.FRAME, pack, 10, bytes, 10, length - 1),
                () -> key.open(Kind.FRAME, pack, 10, bytes, 10, 0),
                () -> otherName.open(Kind.FRAME, pack, 10, bytes, 10, length),
                () -> DataKey.random("orders", OTHER).open(Kind.FRAME, pack, 10, bytes, 10, length))) {
            assertThatThrownBy(wrong::run).isInstanceOf(MalformedException.class);
        }
    }

    private interface Opening {
        byte[] run() throws MalformedException;
    }

    @Test
    void unpack_anyBitOfSealedPackFlipped_fails() {
        SampleSnapshot made = sample();
        for (int number = 0; number < made.packs().size(); number++) {
            byte[] pack = made.packs().get(number);
            for (int bit = 0; bit < 8 * pack.length; bit += 7) {
                List<byte[]> packs = new ArrayList<>(made.packs());
                byte[] flipped = pack.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                packs.set(number, flipped);
                assertThatThrownBy(() -> SampleSnapshot.unpack(made.manifest(), packs))
                        .as("bit %s", bit)
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void toString_ofKeys_showsNoSecret() {
        Manifest made = sample().manifest();
        DataKey key = made.packs().get(0).key();
        assertThat(key).isNotNull().hasToString("data key of " + OTHER);
        assertThat(KEYS).hasToString("keys [" + KEYS.first() + "]");
        assertThat(made.head().seal().map(ManifestSeal::toString)).contains("sealed by key " + KEYS.first());
    }
}
