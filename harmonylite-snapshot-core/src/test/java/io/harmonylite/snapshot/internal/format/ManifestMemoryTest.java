package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest of 64 MiB, whatever it contains, is read by a process with 128 MiB of heap. */
class ManifestMemoryTest {

    private static final int LAYERS = 10;
    private static final int LENGTH = ManifestCodec.MAX_BYTES - (64 << 10);
    private static final SampleSnapshot SMALL = SampleSnapshot.small();

    @TempDir
    Path directory;

    @Test
    void read_largestImageWithManyLayers_needsNoMoreThan128MiB() throws Exception {
        byte[] manifest = ManifestCodec.encode(largest());
        assertThat(manifest.length).isBetween(60 << 20, ManifestCodec.MAX_BYTES);
        assertThat(inSmallHeap(manifest))
                .contains("pack 20261124T093000123Z-node_1-0123456789abcdef-000000 is missing");
    }

    @Test
    void read_manySmallItemsInASmallImage_isDamagedAndNeedsNoMoreThan128MiB() throws Exception {
        byte[] layer = {0, 0, 1, 1, 1};
        assertThat(inSmallHeap(bomb(ManyItems.LAYERS, layer))).contains("more layers than pages");
        byte[] pack = RawCbor.encode(RawManifest.of(SMALL.manifest()).pack(0));
        assertThat(inSmallHeap(bomb(ManyItems.PACKS, pack))).contains("is damaged");
        assertThat(inSmallHeap(bomb(ManyItems.UNKNOWN_MAP, new byte[] {1}))).contains("more than 4096 keys");
    }

    @Test
    void decodePacks_moreThanTheImageCanHave_isMalformed() throws Exception {
        List<Object> packs = new ArrayList<>();
        for (int number = 0; number <= 9; number++) {
            RawManifest raw = RawManifest.of(SMALL.manifest());
            raw.pack(0).put("name", new PackName(SampleSnapshot.ID, number).toString());
            packs.add(raw.pack(0));
        }
        RawManifest raw = RawManifest.of(SMALL.manifest());
        raw.body.put("packs", packs);
        assertThatThrownBy(() -> ManifestCodec.decodePacks(raw.seal()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("more packs than the image has pages and leaves: 9");
    }

    private static byte[] bomb(ManyItems place, byte[] item) throws Exception {
        RawManifest raw = RawManifest.of(SMALL.manifest());
        raw.rawBody = place.body(item, LENGTH);
        return raw.seal();
    }

    /** Returns what a process with a small heap reports about a manifest when it verifies, lists and prunes. */
    private String inSmallHeap(byte[] manifest) throws Exception {
        Path store = directory.resolve("store-" + Digest.of(manifest));
        try (FileSystemSnapshotStore opened = FileSystemSnapshotStore.create(store)) {
            opened.putIfAbsent("orders/manifests/" + SampleSnapshot.ID, ObjectSource.of(manifest));
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC", // Compacts before it gives up; G1 cannot move large arrays.
                        "-Xmn8m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName(),
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Returns the manifest of the largest takeable image; its leaves have as many layers as fit. */
    private static Manifest largest() {
        int pageSize = 65_536;
        ImageGeometry geometry = new ImageGeometry(pageSize, ImageGeometry.MAX_TAKEABLE_BYTES / pageSize);
        Digest digest = Digest.of(new byte[0]);
        List<PackEntry> packs = new ArrayList<>();
        List<LeafEntry> leaves = new ArrayList<>();
        for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
            packs.add(new PackEntry(new PackName(SampleSnapshot.ID, leaf), 100_000, digest, 256));
            int first = Math.min(leaf, geometry.leafCount() - LAYERS);
            List<LayerEntry> layers = new ArrayList<>();
            for (int layer = 0; layer < LAYERS; layer++) {
                int used = layer == 0 ? geometry.pagesIn(leaf) - LAYERS + 1 : 1;
                layers.add(new LayerEntry(first + layer, 66_000, 1000, used, used));
            }
            leaves.add(new LeafEntry(digest, layers));
        }
        String image = ImageDigests.image(
                        geometry, leaves.stream().map(LeafEntry::digest).toList())
                .hex();
        ImageInfo info = new ImageInfo(pageSize, geometry.pageCount(), 0, 0, "UTF-8", "wal", digest.hex(), image);
        ManifestHead head = new ManifestHead(
                List.of(),
                SampleSnapshot.ID,
                "orders",
                Instant.EPOCH,
                "1",
                Positions.none(),
                info,
                100_000L * packs.size());
        return new Manifest(head, packs, leaves, 0, null);
    }

    /** Verifies, lists and prunes the only snapshot of a store. */
    static final class SmallHeap {

        private SmallHeap() {}

        public static void main(String[] args) throws Exception {
            try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(args[0]))) {
                SnapshotRepository repository = SnapshotRepository.of("orders", store);
                SnapshotId id = SampleSnapshot.ID;
                repository.verify(id, VerifyDepth.MANIFEST).problem().ifPresent(System.out::println);
                System.out.println(repository.list().snapshots().size());
                try {
                    System.out.println(repository.prune(PruneRequest.retain(RetentionPolicy.keepLast(5))));
                } catch (RuntimeException e) {
                    System.out.println(e);
                }
            }
        }
    }
}
