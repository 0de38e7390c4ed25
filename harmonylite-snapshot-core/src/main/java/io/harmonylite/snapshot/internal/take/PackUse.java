package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.PackEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a pack an image uses.
 *
 * @param pack the pack
 * @param pages number of its pages that the image uses
 * @param leaves the leaves with a layer in it
 */
record PackUse(PackEntry pack, long pages, BitSet leaves) {

    /** Returns the uses of all packs of an image. */
    static List<PackUse> of(List<List<PlacedLayer>> image) {
        Map<PackEntry, PackUse> uses = new LinkedHashMap<>();
        for (int leaf = 0; leaf < image.size(); leaf++) {
            for (PlacedLayer layer : image.get(leaf)) {
                BitSet leaves = new BitSet();
                leaves.set(leaf);
                uses.merge(layer.pack(), new PackUse(layer.pack(), layer.entry().used(), leaves), PackUse::and);
            }
        }
        return new ArrayList<>(uses.values());
    }

    private PackUse and(PackUse other) {
        BitSet both = leaves;
        both.or(other.leaves);
        return new PackUse(pack, pages + other.pages, both);
    }

    /** Returns the share of the pack's bytes that belongs to the used pages. */
    long usedBytes() {
        return pack.size() * pages / pack.pages();
    }

    /** Returns the used bytes of several packs. */
    static long usedBytes(List<PackUse> uses) {
        return uses.stream().mapToLong(PackUse::usedBytes).sum();
    }
}
