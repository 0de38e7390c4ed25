package io.harmonylite.snapshot.harmonylite;

import java.time.Instant;
import java.util.Optional;

/**
 * Describes a HarmonyLite snapshot, as its location does without reading it. It has no positions: nothing records which
 * messages it contains. Immutable.
 *
 * @param location location of the snapshot, for people; without secrets
 * @param sizeBytes length in bytes
 * @param tag the tag that the location keeps, as {@link HarmonyLiteTag} computes it; empty if it keeps none, like a
 *     file and S3
 * @param storedAt time at which it was stored, by the location's own clock; empty if unknown
 */
public record HarmonyLiteSnapshot(String location, long sizeBytes, Optional<String> tag, Optional<Instant> storedAt) {

    /** Rejects a negative size. */
    public HarmonyLiteSnapshot {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("the size must not be negative: " + sizeBytes);
        }
    }
}
