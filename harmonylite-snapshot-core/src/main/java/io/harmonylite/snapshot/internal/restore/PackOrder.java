package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.format.PackEntry;
import java.util.BitSet;
import java.util.List;

/**
 * Lets the packs of a later take be written only after those of all earlier takes, because a later layer replaces pages
 * of an earlier one. Packs of the same take never hold the same page. Does not wait forever if the packs are begun in
 * their order. Thread-safe.
 */
final class PackOrder {

    private final int[] firstOfTake;
    private final BitSet written = new BitSet();
    private boolean isStopped;

    /** Creates the order of a manifest's packs. */
    PackOrder(List<PackEntry> packs) {
        firstOfTake = new int[packs.size()];
        for (int pack = 1; pack < packs.size(); pack++) {
            firstOfTake[pack] = writer(packs, pack).equals(writer(packs, pack - 1)) ? firstOfTake[pack - 1] : pack;
        }
    }

    private static SnapshotId writer(List<PackEntry> packs, int pack) {
        return packs.get(pack).name().writer();
    }

    /** Waits until a pack may be written. Returns false if another pack failed. */
    synchronized boolean await(int pack) {
        try {
            while (!isStopped && written.nextClearBit(0) < firstOfTake[pack]) {
                wait();
            }
            return !isStopped;
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    /** Notes that a pack was written. */
    synchronized void written(int pack) {
        written.set(pack);
        notifyAll();
    }

    /** Ends all waits because a pack failed. */
    synchronized void stop() {
        isStopped = true;
        notifyAll();
    }
}
