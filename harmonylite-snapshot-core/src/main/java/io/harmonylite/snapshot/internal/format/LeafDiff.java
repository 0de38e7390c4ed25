package io.harmonylite.snapshot.internal.format;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The difference between a leaf of an image and the same leaf as it is stored. The layers are read from the last one
 * back, and only until the digest of the stored leaf confirms that all other pages are equal: a leaf with the stored
 * digest is compared without any read.
 *
 * @param changed pages of the image that no usable layer provides, counted from 0 within the leaf
 * @param used for each layer, the number of its pages that provide the remaining ones; 0 for a layer that is not usable
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record LeafDiff(BitSet changed, int[] used) {

    /**
     * Compares a leaf.
     *
     * @param local page digests of the image's leaf
     * @param digest digest of the stored leaf
     * @param pages number of pages of the stored leaf
     * @param used for each of its layers, oldest first, the number of pages that it takes from it
     * @param layers reads the layers
     */
    public static LeafDiff of(PageDigests local, Digest digest, int pages, int[] used, Layers layers)
            throws IOException {
        return new Comparison(local, digest, pages, layers).run(used);
    }

    /** The layers of a stored leaf, by their index, oldest first. */
    public interface Layers {

        /** Returns whether the image may take pages from a layer. */
        boolean isUsable(int layer);

        /**
         * Reads a usable layer.
         *
         * @throws MalformedException if it is damaged or missing; its pages are then treated as changed
         */
        Layer read(int layer) throws IOException, MalformedException;
    }

    private static final class Comparison {

        private final PageDigests local;
        private final Digest digest;
        private final int pages;
        private final Layers layers;
        private final byte[] overlaid;
        private final BitSet found = new BitSet();
        private final BitSet changed = new BitSet();

        Comparison(PageDigests local, Digest digest, int pages, Layers layers) {
            this.local = local;
            this.digest = digest;
            this.pages = pages;
            this.layers = layers;
            this.overlaid = Arrays.copyOf(local.bytes(), pages * Digest.LENGTH);
        }

        LeafDiff run(int[] used) throws IOException {
            int[] now = used.clone();
            boolean complete = pages <= local.pages(); // Else pages that are no longer used must be counted.
            for (int layer = 0; layer < used.length; layer++) {
                complete &= layers.isUsable(layer);
            }
            for (int layer = used.length - 1; layer >= 0; layer--) {
                if (complete && ImageDigests.leaf(overlaid).equals(digest)) {
                    found.set(0, pages);
                    break;
                }
                now[layer] = 0;
                if (layers.isUsable(layer)) {
                    try {
                        now[layer] = overlay(layers.read(layer));
                    } catch (MalformedException e) {
                        complete = false; // Its pages are stored again.
                    }
                }
            }
            for (int page = found.nextClearBit(0); page < local.pages(); page = found.nextClearBit(page + 1)) {
                changed.set(page);
            }
            return new LeafDiff(changed, now);
        }

        /** Notes the pages of a layer that no later layer has. Returns how many of them the image still has. */
        private int overlay(Layer layer) {
            int used = 0;
            int index = 0;
            for (int page = layer.pages().nextSetBit(0);
                    page >= 0;
                    page = layer.pages().nextSetBit(page + 1), index++) {
                if (found.get(page)) {
                    continue;
                }
                found.set(page);
                if (page < pages) {
                    System.arraycopy(
                            layer.digests(), index * Digest.LENGTH, overlaid, page * Digest.LENGTH, Digest.LENGTH);
                }
                if (page < local.pages()) {
                    if (local.isAt(page, layer.digests(), index)) {
                        used++;
                    } else {
                        changed.set(page);
                    }
                }
            }
            return used;
        }
    }
}
