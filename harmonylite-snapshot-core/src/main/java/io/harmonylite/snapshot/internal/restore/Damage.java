package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.format.PackName;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The damaged packs that a verification found. Thread-safe. */
final class Damage {

    private final SortedMap<PackName, CorruptSnapshotException> packs =
            new TreeMap<>(Comparator.comparing(PackName::toString));

    synchronized void add(PackName pack, CorruptSnapshotException problem) {
        packs.put(pack, problem);
    }

    synchronized Set<PackName> packs() {
        return Set.copyOf(packs.keySet());
    }

    /** Throws the problem of the first pack, with the others suppressed, if there is one. */
    synchronized void throwIfAny() {
        if (!packs.isEmpty()) {
            CorruptSnapshotException first = packs.values().iterator().next();
            packs.values().stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
