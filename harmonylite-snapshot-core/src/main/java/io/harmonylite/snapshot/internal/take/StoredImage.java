package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.PackName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An image in the store whose pages a take may reference. Thread-safe. */
interface StoredImage {

    /** An image without leaves. */
    StoredImage NONE = new StoredImage() {
        @Override
        public @Nullable StoredLeaf leaf(int number) {
            return null;
        }

        @Override
        public boolean isUsable(PackName pack) {
            return false;
        }
    };

    /** Returns a leaf; null if the image has no such leaf. */
    @Nullable
    StoredLeaf leaf(int number);

    /** Returns whether a take may reference a pack. */
    boolean isUsable(PackName pack);

    /**
     * A leaf in the store.
     *
     * @param digest its digest
     * @param pages its number of pages
     * @param layers its layers, oldest first
     */
    record StoredLeaf(Digest digest, int pages, List<PlacedLayer> layers) {}
}
