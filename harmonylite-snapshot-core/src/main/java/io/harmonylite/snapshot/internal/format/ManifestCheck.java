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
        checkStoredBytes(manifest);
        List<Digest> digests = manifest.leaves().stream().map(LeafEntry::digest).toList();
        if (!ImageDigests.image(geometry, digests).hex().equals(head.image().imageDigest())) {
            throw new MalformedException("the leaves do not make up the image digest");
        }
    }

    private static void checkLeaf(Manifest manifest, int number, int pages) throws MalformedException {
        LeafEntry leaf = manifest.leaves().get(number);
        int packs = manifest.packs().size();
        if (leaf.pack() >= packs
                || (long) leaf.offset() + leaf.length() > manifest.packOf(leaf).size()) {
            throw new MalformedException("leaf " + number + " lies outside its pack");
        }
        long sum = 0;
        for (LeafEntry.Source source : leaf.sources()) {
            if (source.pack() >= packs || source.pages() == 0) {
                throw new MalformedException("leaf " + number + " has pages in a pack that is not listed");
            }
            sum += source.pages();
        }
        if (sum != pages) {
            throw new MalformedException("leaf " + number + " has " + sum + " pages instead of " + pages);
        }
    }

    private static void checkStoredBytes(Manifest manifest) throws MalformedException {
        long own = manifest.packs().stream()
                .filter(pack -> pack.name().writer().equals(manifest.head().id()))
                .mapToLong(PackEntry::size)
                .sum();
        if (own != manifest.head().storedBytes()) {
            throw new MalformedException("the packs of this take have " + own + " bytes instead of "
                    + manifest.head().storedBytes());
        }
    }
}
