package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * Checks that a leaf is the one its manifest names. Its runs must contain each page once and lie inside their packs.
 */
final class LeafCheck {

    /** Maximum number in a run: offsets are the largest numbers. */
    static final int MAX_NUMBER = PackEntry.MAX_BYTES;

    private LeafCheck() {}

    static void check(Leaf leaf, Manifest manifest, int number) throws MalformedException {
        LeafEntry entry = manifest.leaves().get(number);
        if (leaf.digests().length != Digest.LENGTH * manifest.head().geometry().pagesIn(number)) {
            throw new MalformedException("leaf " + number + " has " + leaf.pages() + " page digests");
        }
        if (!ImageDigests.leaf(leaf.digests()).equals(entry.digest())) {
            throw new MalformedException("leaf " + number + " has another digest than in the manifest");
        }
        List<PackEntry> sources = manifest.sourcesOf(entry);
        if (!leaf.packs()
                .equals(sources.stream().map(pack -> pack.name().toString()).toList())) {
            throw new MalformedException("leaf " + number + " lists other packs than the manifest");
        }
        checkRuns(leaf, entry, sources, manifest.head().geometry().pagesPerFrame());
    }

    private static void checkRuns(Leaf leaf, LeafEntry entry, List<PackEntry> sources, int pagesPerFrame)
            throws MalformedException {
        int[] pages = new int[sources.size()];
        int next = 0;
        for (Run run : leaf.runs()) {
            if (run.firstPage() != next || run.pages() < 1 || run.pack() >= sources.size()) {
                throw new MalformedException("the runs of a leaf do not contain each page once, in order");
            }
            if (run.frameOffset() + run.frameLength() > sources.get(run.pack()).size()
                    || run.index() + run.pages() > pagesPerFrame) {
                throw new MalformedException("a run lies outside its frame or pack");
            }
            pages[run.pack()] += run.pages();
            next += run.pages();
        }
        for (int i = 0; i < pages.length; i++) {
            if (pages[i] != entry.sources().get(i).pages()) {
                throw new MalformedException("a leaf has another number of pages in a pack than in the manifest");
            }
        }
        if (next != leaf.pages()) {
            throw new MalformedException("the runs of a leaf end before its last page");
        }
    }
}
