package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The manifest of the largest takeable image is below the limit of readers. */
class LargestManifestTest {

    private static final Instant NOW = Instant.parse("2026-11-24T09:30:00Z");
    private static final SnapshotId ID = SnapshotId.of(NOW, "n".repeat(32), -1);

    @Test
    void decode_manifestOfLargestTakeableImage_isEqual() throws Exception {
        ImageGeometry geometry = new ImageGeometry(65_536, ImageGeometry.MAX_TAKEABLE_BYTES / 65_536);
        assertThat(geometry.isTakeable()).isTrue();
        Manifest manifest = manifest(geometry);
        byte[] bytes = ManifestCodec.encode(manifest);
        assertThat(bytes.length).isLessThan(ManifestCodec.MAX_BYTES);
        assertThat(ManifestCodec.decode(bytes)).isEqualTo(manifest);
    }

    private static Manifest manifest(ImageGeometry geometry) {
        Digest digest = Digest.of(new byte[0]);
        List<PackEntry> packs = new ArrayList<>();
        List<LeafEntry> leaves = new ArrayList<>();
        long stored = 0;
        for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
            packs.add(new PackEntry(new PackName(ID, leaf), PackEntry.MAX_BYTES, digest, geometry.pagesIn(leaf)));
            int pages = geometry.pagesIn(leaf);
            leaves.add(new LeafEntry(
                    digest, List.of(new LayerEntry(leaf, PackEntry.MAX_BYTES - 100_000, 1000, pages, pages))));
            stored += PackEntry.MAX_BYTES;
        }
        String image = ImageDigests.image(
                        geometry, leaves.stream().map(LeafEntry::digest).toList())
                .hex();
        ImageInfo info =
                new ImageInfo(geometry.pageSize(), geometry.pageCount(), 0, 0, "UTF-8", "wal", digest.hex(), image);
        ManifestHead head = new ManifestHead(List.of(), ID, "orders", NOW, "1.0", Positions.none(), info, stored);
        return new Manifest(head, List.copyOf(packs), List.copyOf(leaves), 0, null);
    }
}
