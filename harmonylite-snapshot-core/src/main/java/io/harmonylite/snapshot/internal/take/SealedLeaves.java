package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackWriter.SealedPack;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The sealed leaves in the order of the image, whatever order they were sealed in. Thread-safe. */
final class SealedLeaves {

    private final AtomicReferenceArray<SealedPack> done;

    SealedLeaves(int count) {
        done = new AtomicReferenceArray<>(count);
    }

    void add(int leaf, SealedPack sealed) {
        done.set(leaf, sealed);
    }

    List<PackEntry> packs() {
        return all().map(SealedPack::pack).toList();
    }

    List<LeafEntry> leaves() {
        return all().map(SealedPack::leaf).toList();
    }

    private Stream<SealedPack> all() {
        return IntStream.range(0, done.length()).mapToObj(done::get);
    }
}
