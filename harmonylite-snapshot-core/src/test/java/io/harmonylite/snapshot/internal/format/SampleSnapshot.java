package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A snapshot of a generated image, in memory, sealed by the production code. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record SampleSnapshot(byte[] image, List<byte[]> packs, Manifest manifest) {

    static final SnapshotId ID = SnapshotId.parse("20261124T093000123Z-node_1-0123456789abcdef");
    static final Positions POSITIONS = Positions.of(
                    "changes-1",
                    new StreamPosition(
                            42, Instant.parse("2026-11-24T09:29:59.987654321Z"), Instant.parse("2026-01-01T00:00:00Z")))
            .with("changes-2", StreamPosition.at(0));

    /** Returns a small snapshot: eight pages in one leaf. */
    static SampleSnapshot small() {
        return of(new ImageGeometry(512, 8), POSITIONS);
    }

    /** Returns a snapshot of two leaves; the second has one page, and frames have sixteen pages. */
    static SampleSnapshot twoLeaves() {
        return of(new ImageGeometry(65_536, 257), Positions.none());
    }

    static SampleSnapshot of(ImageGeometry geometry, Positions positions) {
        byte[] image = image(geometry);
        List<byte[]> packs = new ArrayList<>();
        List<PackEntry> entries = new ArrayList<>();
        List<LeafEntry> leaves = new ArrayList<>();
        try (PackWriter writer = new PackWriter(1)) {
            for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
                Digest digest = add(writer, image, geometry, leaf);
                PackWriter.SealedPack sealed = writer.finish(new PackName(ID, leaf));
                PackWriter.SealedLayer layer = sealed.layers().get(0);
                entries.add(sealed.pack());
                leaves.add(new LeafEntry(
                        digest,
                        List.of(new LayerEntry(leaf, layer.offset(), layer.length(), layer.pages(), layer.pages()))));
                packs.add(Arrays.copyOf(writer.buffer(), sealed.pack().size()));
            }
        }
        return new SampleSnapshot(
                image, packs, new Manifest(head(geometry, positions, entries, leaves), entries, leaves, 0, null));
    }

    /** Returns a sealed snapshot of eight pages, four of which are in a pack of an earlier take. */
    static SampleSnapshot sealed(KeyRing keys, SnapshotId earlier) {
        ImageGeometry geometry = new ImageGeometry(512, 8);
        byte[] image = image(geometry);
        DataKey own = DataKey.random("orders", ID);
        List<byte[]> packs = new ArrayList<>();
        List<PackEntry> entries = new ArrayList<>();
        List<LayerEntry> layers = new ArrayList<>();
        PageDigests digests = new PageDigests(8);
        digests.add(image, image.length, 512);
        for (SnapshotId take : List.of(earlier, ID)) {
            int number = packs.size();
            DataKey key = take.equals(ID) ? own : DataKey.random("orders", take);
            try (PackWriter writer = new PackWriter(1, key)) {
                writer.beginLayer(4);
                for (int page = 4 * number; page < 4 * number + 4; page += 2) {
                    writer.addFrame(Arrays.copyOfRange(image, 512 * page, 512 * page + 1024), 1024, 512);
                }
                BitSet four = new BitSet();
                four.set(4 * number, 4 * number + 4);
                writer.endLayer(0, four);
                PackWriter.SealedPack sealed = writer.finish(new PackName(take, number));
                PackWriter.SealedLayer layer = sealed.layers().get(0);
                entries.add(sealed.pack());
                layers.add(new LayerEntry(number, layer.offset(), layer.length(), 4, 4));
                packs.add(Arrays.copyOf(writer.buffer(), sealed.pack().size()));
            }
        }
        List<LeafEntry> leaves = List.of(new LeafEntry(digests.leaf(), layers));
        ManifestHead plain = head(geometry, POSITIONS, entries, leaves);
        ManifestHead head = new ManifestHead(
                List.of(ManifestHead.SEALED),
                ID,
                "orders",
                plain.created(),
                "0.1.0",
                POSITIONS,
                plain.image(),
                entries.get(1).size(),
                entries.get(0).size(),
                0,
                plain.unpublished(),
                new Ordering(0, Instant.EPOCH, Duration.ZERO, null),
                plain.possiblyMissing(),
                Optional.of("a reason with names"),
                Optional.of(own.wrap(keys)));
        return new SampleSnapshot(image, packs, new Manifest(head, entries, leaves, 0, null, own));
    }

    /** Returns different compressible pages; the first of every four is random. */
    private static byte[] image(ImageGeometry geometry) {
        byte[] image = new byte[(int) geometry.imageBytes()];
        Random random = new Random(7);
        for (int page = 0; page < geometry.pageCount(); page++) {
            byte[] content = new byte[page % 4 == 0 ? 512 : 8];
            random.nextBytes(content);
            System.arraycopy(content, 0, image, page * geometry.pageSize(), content.length);
        }
        return image;
    }

    /** Adds all pages of a leaf to a pack, and returns the digest of the leaf. */
    private static Digest add(PackWriter writer, byte[] image, ImageGeometry geometry, int leaf) {
        int pages = geometry.pagesIn(leaf);
        writer.beginLayer(pages);
        for (int page = 0; page < pages; page += geometry.pagesPerFrame()) {
            int from = (int) geometry.offsetOf(geometry.firstPage(leaf) + page);
            int length = Math.min(geometry.pagesPerFrame(), pages - page) * geometry.pageSize();
            writer.addFrame(Arrays.copyOfRange(image, from, from + length), length, geometry.pageSize());
        }
        BitSet all = new BitSet();
        all.set(0, pages);
        return writer.endLayer(leaf, all).leaf();
    }

    private static ManifestHead head(
            ImageGeometry geometry, Positions positions, List<PackEntry> packs, List<LeafEntry> leaves) {
        Digest digest = ImageDigests.image(
                geometry, leaves.stream().map(LeafEntry::digest).toList());
        ImageInfo image = new ImageInfo(
                geometry.pageSize(),
                geometry.pageCount(),
                3,
                -7,
                "UTF-8",
                "wal",
                Digest.of(new byte[0]).hex(),
                digest.hex());
        long stored = packs.stream().mapToLong(PackEntry::size).sum();
        Instant created = Instant.parse("2026-11-24T09:30:00.123Z");
        return new ManifestHead(List.of(), ID, "orders", created, "0.1.0", positions, image, stored);
    }

    /** Unpacks the image from packs, which may be damaged; checks the digest of every leaf. */
    static byte[] unpack(Manifest manifest, List<byte[]> packs) throws MalformedException {
        ImageGeometry geometry = manifest.head().geometry();
        byte[] image = new byte[(int) geometry.imageBytes()];
        try (PackReader reader = new PackReader()) {
            for (int number = 0; number < geometry.leafCount(); number++) {
                for (LayerEntry entry : manifest.leaves().get(number).layers()) {
                    unpack(
                            reader,
                            manifest.packs().get(entry.pack()),
                            packs.get(entry.pack()),
                            entry,
                            number,
                            geometry,
                            image);
                }
                int from = (int) geometry.offsetOf(geometry.firstPage(number));
                int pages = geometry.pagesIn(number);
                PageDigests digests = new PageDigests(pages);
                digests.add(
                        Arrays.copyOfRange(image, from, from + pages * geometry.pageSize()),
                        pages * geometry.pageSize(),
                        geometry.pageSize());
                if (!digests.leaf().equals(manifest.leaves().get(number).digest())) {
                    throw new MalformedException("leaf " + number + " has another digest");
                }
            }
        }
        return image;
    }

    private static void unpack(
            PackReader reader,
            PackEntry of,
            byte[] pack,
            LayerEntry entry,
            int leaf,
            ImageGeometry geometry,
            byte[] image)
            throws MalformedException {
        int size = geometry.pageSize();
        Layer layer = reader.layer(pack, 0, of, entry, leaf, size);
        reader.<RuntimeException>pages(pack, of, entry, layer, size, (first, count, buffer, offset, index) -> {
            int pages = Math.min(count, geometry.pagesIn(leaf) - first);
            if (pages > 0) {
                int to = (int) geometry.offsetOf(geometry.firstPage(leaf) + first);
                System.arraycopy(buffer, offset, image, to, pages * size);
            }
        });
    }
}
