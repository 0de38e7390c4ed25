package io.harmonylite.snapshot.internal.format;

/**
 * The pages of a leaf that one pack stores, as listed in a manifest. Immutable.
 *
 * @param pack index of the pack in the manifest
 * @param offset offset of the layer's block in that pack, in bytes
 * @param length stored length of the page table, the first part of the block
 * @param stored number of pages that the layer stores
 * @param used number of these pages that the leaf takes from this layer, at least 1
 */
public record LayerEntry(int pack, int offset, int length, int stored, int used) {

    /**
     * Returns the length of the block in bytes: page table, page digests, and the digest of both or their seal.
     *
     * @param of the layer's pack
     */
    public int blockLength(PackEntry of) {
        int content = length + stored * Digest.LENGTH;
        return of.key() == null ? content + Digest.LENGTH : DataKey.sealedLength(content);
    }
}
