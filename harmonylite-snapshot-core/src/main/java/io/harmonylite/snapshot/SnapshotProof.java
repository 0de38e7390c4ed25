package io.harmonylite.snapshot;

import java.time.Duration;
import java.time.Instant;

/**
 * That one snapshot was fetched, rebuilt and checked completely, at one time. Immutable.
 *
 * @param snapshot the snapshot
 * @param storedAt when the proof was stored, by the store's clock
 * @param provenAt when the check ended, by the clock of whoever made it, to the millisecond
 * @param elapsed how long fetch, rebuild and check took, to the millisecond
 */
public record SnapshotProof(SnapshotId snapshot, Instant storedAt, Instant provenAt, Duration elapsed) {}
