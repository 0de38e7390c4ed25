package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.DataKey;
import io.harmonylite.snapshot.internal.format.KeyRing;
import io.harmonylite.snapshot.internal.format.ManifestSeal;
import org.jspecify.annotations.Nullable;

/**
 * The data key of one take. Immutable.
 *
 * @param data the key
 * @param seal the key as wrapped by the host's first key
 */
record TakeKey(DataKey data, ManifestSeal seal) {

    /** Creates a key, and wraps it; returns null if the host has no keys. */
    static @Nullable TakeKey of(@Nullable KeyRing keys, String name, SnapshotId take) {
        if (keys == null) {
            return null;
        }
        DataKey data = DataKey.random(name, take);
        return new TakeKey(data, data.wrap(keys));
    }

    /** Returns a seal that is at least as long as that of the manifest. */
    ManifestSeal longest() {
        return new ManifestSeal(seal.key(), seal.wrapped(), new byte[256]);
    }
}
