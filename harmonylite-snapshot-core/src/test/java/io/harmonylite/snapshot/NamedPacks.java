package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.SortedSet;
import java.util.TreeSet;

/** The packs that snapshots need. */
public final class NamedPacks {

    private NamedPacks() {}

    /** Returns the objects of all packs that the manifests of a name refer to. */
    public static SortedSet<String> in(SnapshotStore store, String name) throws IOException {
        SortedSet<String> packs = new TreeSet<>();
        for (ObjectInfo manifest : store.list(name + "/manifests/")) {
            try (InputStream in = store.open(manifest.name())) {
                ManifestCodec.decodePacks(in.readAllBytes()).forEach(pack -> packs.add(name + "/packs/" + pack));
            } catch (MalformedException e) {
                throw new IOException(e);
            }
        }
        return packs;
    }
}
