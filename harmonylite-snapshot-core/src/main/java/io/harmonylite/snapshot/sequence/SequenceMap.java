package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.internal.sequence.Counting;
import java.io.Closeable;

/**
 * The durable positions of a host's streams. The host counts messages through one of the two kinds of map, and passes
 * the map to the manager, which reads it for a take and sets it after a restore.
 *
 * <p>Thread-safe.
 */
public sealed interface SequenceMap extends Closeable permits FileSequenceMap, TableSequenceMap {

    /** Maximum number of ahead ranges of a stream. A count that would add one more is rejected. */
    int MAX_AHEAD_RANGES = Counting.MAX_AHEAD_RANGES;

    /** Releases what the map holds. Idempotent. */
    @Override
    void close();
}
