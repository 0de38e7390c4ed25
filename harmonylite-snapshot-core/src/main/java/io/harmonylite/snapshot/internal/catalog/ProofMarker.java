package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.util.Optional;

/**
 * A proof marker in a store. Immutable.
 *
 * @param snapshot snapshot that the marker's name contains
 * @param object the marker
 * @param proof contents of the marker; empty if they cannot be read: then it proves nothing
 */
public record ProofMarker(SnapshotId snapshot, ObjectInfo object, Optional<SnapshotProof> proof) {}
