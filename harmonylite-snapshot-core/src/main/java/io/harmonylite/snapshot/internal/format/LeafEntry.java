package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * A leaf as listed in a manifest. Immutable.
 *
 * @param digest digest over its page digests ({@link ImageDigests})
 * @param layers the packs that store its pages, in the order in which they were written: a page is in the last layer
 *     that stores it
 */
public record LeafEntry(Digest digest, List<LayerEntry> layers) {}
