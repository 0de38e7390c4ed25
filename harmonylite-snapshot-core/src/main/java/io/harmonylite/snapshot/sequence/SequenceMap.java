package io.harmonylite.snapshot.sequence;

import java.io.Closeable;

/**
 * The durable positions of a host's streams. A host counts through one of the two kinds, and hands the map to the
 * manager, which reads it when it takes a snapshot and sets it when it restores one.
 *
 * <p>Thread-safe.
 */
public sealed interface SequenceMap extends Closeable permits FileSequenceMap, TableSequenceMap {

    /** Most ahead ranges that a stream may have before the next one that would make a further hole is refused. */
    int MAX_AHEAD_RANGES = 1024;

    /** Gives back what the map holds. Idempotent. */
    @Override
    void close();
}
