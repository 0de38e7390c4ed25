package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.PackWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** An image whose every frame is the same mebibyte: half text that compresses, half random bytes. */
final class SampleImage {

    static final int PAGE_SIZE = 4096;

    private static final Instant NOW = Instant.parse("2026-11-24T09:30:00Z");
    static final SnapshotId ID = SnapshotId.of(NOW, "benchmark", 1);

    private SampleImage() {}

    static byte[] frame() {
        byte[] frame = new byte[ImageGeometry.FRAME_BYTES];
        new SplittableRandom(1).nextBytes(frame);
        for (int i = 0; i < frame.length; i += 2 * 512) {
            for (int j = 0; j < 512; j++) {
                frame[i + j] = (byte) "a row of an order, delivered; ".charAt(j % 30);
            }
        }
        return frame;
    }

    /** Composes the pack of one full leaf, which is leaf 0; its bytes stay in the writer. */
    static PackWriter.SealedPack pack(PackWriter writer, byte[] frame, int number) {
        int frames = ImageGeometry.LEAF_BYTES / ImageGeometry.FRAME_BYTES;
        writer.beginLayer(ImageGeometry.LEAF_BYTES / PAGE_SIZE);
        for (int i = 0; i < frames; i++) {
            writer.addFrame(frame, frame.length, PAGE_SIZE);
        }
        BitSet pages = new BitSet();
        pages.set(0, ImageGeometry.LEAF_BYTES / PAGE_SIZE);
        writer.endLayer(0, pages);
        return writer.finish(new PackName(ID, number));
    }

    /** A manifest of as many full leaves. */
    static Manifest manifest(PackWriter.SealedPack sealed, int leaves) {
        ImageGeometry geometry = new ImageGeometry(PAGE_SIZE, (long) leaves * (ImageGeometry.LEAF_BYTES / PAGE_SIZE));
        List<PackEntry> packs = new ArrayList<>();
        List<LeafEntry> entries = new ArrayList<>();
        for (int leaf = 0; leaf < leaves; leaf++) {
            PackWriter.SealedLayer layer = sealed.layers().get(0);
            packs.add(new PackEntry(
                    new PackName(ID, leaf), sealed.pack().size(), sealed.pack().sha256(), layer.pages()));
            entries.add(new LeafEntry(
                    sealed.pack().sha256(), // Any digest: the manifest is only encoded and decoded.
                    List.of(new LayerEntry(leaf, layer.offset(), layer.length(), layer.pages(), layer.pages()))));
        }
        Digest image = ImageDigests.image(
                geometry, entries.stream().map(LeafEntry::digest).toList());
        ImageInfo info = new ImageInfo(
                PAGE_SIZE,
                geometry.pageCount(),
                0,
                0,
                "UTF-8",
                "wal",
                sealed.pack().sha256().hex(),
                image.hex());
        Positions positions = Positions.of("harmonylite-changes-c-1", new StreamPosition(42, NOW, NOW));
        long stored = packs.stream().mapToLong(PackEntry::size).sum();
        return new Manifest(
                new ManifestHead(List.of(), ID, "orders", NOW, "1.0", positions, info, stored),
                packs,
                entries,
                0,
                null);
    }
}
