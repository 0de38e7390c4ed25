package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.PackEntry;

/**
 * A stored layer of a leaf and its pack. Immutable.
 *
 * @param pack the pack; its index in a manifest is not known yet
 * @param entry the layer; the index of its pack has no meaning
 */
record PlacedLayer(PackEntry pack, LayerEntry entry) {

    PlacedLayer withUsed(int pages) {
        return new PlacedLayer(
                pack, new LayerEntry(entry.pack(), entry.offset(), entry.length(), entry.stored(), pages));
    }

    LayerEntry at(int index) {
        return new LayerEntry(index, entry.offset(), entry.length(), entry.stored(), entry.used());
    }
}
