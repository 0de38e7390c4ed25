package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The result of a verification. Immutable.
 *
 * @param id the snapshot
 * @param depth how thoroughly it was verified
 * @param problem the problem that was found in the snapshot; empty if it is sound
 * @param unchecked tables that SQLite could not check, each with the reason: this process lacks a function, collation,
 *     tokenizer or module, or the application redefines one. Their bytes are those that were stored. Empty for other
 *     depths than {@link VerifyDepth#REBUILD}
 * @param violations constraints that rows violate, each with table, column and number of rows: the database had them
 *     when the snapshot was taken. Empty for other depths than {@link VerifyDepth#REBUILD}
 * @param affected the snapshots in use that need packs which are missing or damaged, this one among them; empty if there
 *     are no such packs. The next take stores the pages of these packs again
 * @param elapsed duration of the verification
 */
public record VerifyReport(
        SnapshotId id,
        VerifyDepth depth,
        Optional<SnapshotException> problem,
        List<String> unchecked,
        List<String> violations,
        SortedSet<SnapshotId> affected,
        Duration elapsed) {

    /** Copies the lists. */
    public VerifyReport {
        unchecked = List.copyOf(unchecked);
        violations = List.copyOf(violations);
    }

    /** Returns whether no problem was found. */
    public boolean isSound() {
        return problem.isEmpty();
    }

    /**
     * Returns this report if the snapshot is sound.
     *
     * @throws SnapshotException the problem that was found
     */
    public VerifyReport requireSound() {
        problem.ifPresent(found -> {
            throw found;
        });
        return this;
    }
}
