package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides which snapshots a request retires, and rejects those that must be kept: a pure function of a survey. */
final class Retire {

    private final RetentionGuard keepers;

    Retire(RetentionGuard keepers) {
        this.keepers = keepers;
    }

    /** Returns the snapshots to retire. Throws if the requested snapshot does not exist or must be kept. */
    List<SnapshotId> decide(PruneRequest request, Survey survey) {
        List<SnapshotInfo> sound = survey.sound();
        Set<SnapshotId> kept = new HashSet<>(keepers.among(sound));
        Optional<SnapshotId> id = request.id();
        if (id.isPresent()) {
            return byId(id.get(), survey, RetentionRule.untouchable(sound, kept));
        }
        kept.addAll(survey.pins().keySet());
        kept.addAll(survey.proven());
        RetentionPolicy retention = request.retention().orElseThrow();
        return survey.isBlind()
                ? List.of()
                : RetentionRule.retires(
                        retention,
                        sound,
                        RetentionRule.untouchable(sound, kept),
                        survey.doubts().keySet(),
                        survey.now());
    }

    private static List<SnapshotId> byId(SnapshotId id, Survey survey, Set<SnapshotId> untouchable) {
        if (!survey.manifests().containsKey(id)) {
            throw about(id, new SnapshotNotFoundException("snapshot " + id + " does not exist"));
        }
        if (survey.pins().containsKey(id)) {
            throw about(
                    id,
                    new SnapshotConfigurationException(
                            "snapshot " + id + " cannot be retired: it is pinned; unpin it first"));
        }
        if (untouchable.contains(id)) {
            throw about(
                    id,
                    new SnapshotConfigurationException("snapshot " + id
                            + " cannot be retired: it is the latest sound snapshot, the one of the highest generation, or the latest"
                            + " that covers the streams; take another first"));
        }
        return survey.isRetired(id) ? List.of() : List.of(id);
    }

    private static SnapshotException about(SnapshotId id, SnapshotException e) {
        ExceptionAccess.setSnapshot(e, id);
        return e;
    }
}
