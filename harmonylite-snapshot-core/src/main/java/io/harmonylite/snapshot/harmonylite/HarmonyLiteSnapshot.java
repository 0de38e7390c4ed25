package io.harmonylite.snapshot.harmonylite;

import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot of HarmonyLite's as the place it lies in tells of it, unread. It stands for no positions: nothing in it, nor
 * beside it, says which messages it contains. Immutable.
 *
 * @param location where it lies, for people; without secrets
 * @param sizeBytes its length in bytes
 * @param tag what the place says is its tag, as {@link HarmonyLiteTag} computes it; empty where the place keeps none, as a
 *     file and S3
 * @param storedAt when it was stored, by the place's own clock; empty where that is not known
 */
public record HarmonyLiteSnapshot(String location, long sizeBytes, Optional<String> tag, Optional<Instant> storedAt) {

    /** Refuses a negative size. */
    public HarmonyLiteSnapshot {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + sizeBytes);
        }
    }
}
