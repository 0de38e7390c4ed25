package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.util.Optional;

/** A proof marker in a store. If its contents cannot be read it proves nothing. Immutable. */
public record ProofMarker(SnapshotId snapshot, ObjectInfo object, Optional<SnapshotProof> proof) {}
