package io.harmonylite.snapshot.internal.format;

import java.util.List;

/** Checks that the numbers in a manifest are consistent, so that its users need not check them again. */
final class ManifestCheck {

    private ManifestCheck() {}

    static void check(Manifest manifest) throws MalformedException {
        ManifestHead head = manifest.head();
        ImageGeometry geometry = head.geometry();
        if (manifest.leaves().size() != geometry.leafCount()) {
            throw new MalformedException("the body has fewer leaves than the image");
        }
        for (int i = 0; i < manifest.leaves().size(); i++) {
            checkLeaf(manifest, i, geometry.pagesIn(i));
        }
        checkBytes(manifest.head(), manifest.packs());
        List<Digest> digests = manifest.leaves().stream().map(LeafEntry::digest).toList();
        if (!ImageDigests.image(geometry, digests).hex().equals(head.image().imageDigest())) {
            throw new MalformedException("the leaves do not make up the image digest");
        }
    }

    private static void checkLeaf(Manifest manifest, int number, int pages) throws MalformedException {
        long sum = 0;
        int previous = -1;
        for (LayerEntry layer : manifest.leaves().get(number).layers()) {
            if (layer.pack() <= previous || layer.pack() >= manifest.packs().size()) {
                throw new MalformedException("the layers of leaf " + number + " are not in the order of the packs");
            }
            checkLayer(manifest, number, layer);
            previous = layer.pack();
            sum += layer.used();
        }
        if (sum != pages) {
            throw new MalformedException("leaf " + number + " has " + sum + " pages instead of " + pages);
        }
    }

    private static void checkLayer(Manifest manifest, int leaf, LayerEntry layer) throws MalformedException {
        PackEntry pack = manifest.packs().get(layer.pack());
        if (layer.used() < 1
                || layer.used() > layer.stored()
                || layer.stored()
                        > Math.min(pack.pages(), manifest.head().geometry().pagesPerLeaf())) {
            throw new MalformedException("a layer of leaf " + leaf + " has a wrong number of pages");
        }
        if ((long) layer.offset() + layer.blockLength(pack) > pack.size()) {
            throw new MalformedException("a layer of leaf " + leaf + " lies outside its pack");
        }
    }

    static void checkBytes(ManifestHead head, List<PackEntry> packs) throws MalformedException {
        long all = packs.stream().mapToLong(PackEntry::size).sum();
        long own = packs.stream()
                .filter(pack -> pack.name().writer().equals(head.id()))
                .mapToLong(PackEntry::size)
                .sum();
        if (own != head.storedBytes()
                || all - own != head.referencedBytes()
                || head.rewrittenBytes() > head.storedBytes()) {
            throw new MalformedException("the packs have " + own + " and, of earlier takes, " + (all - own)
                    + " bytes, which is not what the head says");
        }
    }
}
