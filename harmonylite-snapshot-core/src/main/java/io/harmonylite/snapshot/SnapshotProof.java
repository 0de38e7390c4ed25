package io.harmonylite.snapshot;

import java.time.Duration;
import java.time.Instant;

/**
 * Records that one snapshot was fetched, rebuilt and checked completely. Immutable.
 *
 * @param snapshot the snapshot
 * @param storedAt time at which the proof was stored, by the store's clock
 * @param provenAt time at which the check ended, by the clock of the node that ran it, to the millisecond
 * @param elapsed duration of fetch, rebuild and check, to the millisecond
 */
public record SnapshotProof(SnapshotId snapshot, Instant storedAt, Instant provenAt, Duration elapsed) {}
