package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.Retention;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides what a request retires, and refuses what must stay: a pure function of a survey. */
final class Retire {

    private final Keepers keepers;

    Retire(Keepers keepers) {
        this.keepers = keepers;
    }

    /**
     * The snapshots to retire.
     *
     * @throws SnapshotNotFoundException where the one asked for is not there
     * @throws SnapshotConfigurationException where the one asked for must stay
     */
    List<SnapshotId> decide(PruneRequest request, Survey survey) {
        List<SnapshotInfo> sound = survey.sound();
        Set<SnapshotId> kept = new HashSet<>(keepers.among(sound));
        Optional<SnapshotId> id = request.id();
        if (id.isPresent()) {
            return byId(id.get(), survey, RetentionRule.untouchable(sound, kept));
        }
        kept.addAll(survey.pins().keySet());
        kept.addAll(survey.proven());
        Retention retention = request.retention().orElseThrow();
        return survey.isBlind()
                ? List.of()
                : RetentionRule.retires(retention, sound, RetentionRule.untouchable(sound, kept), survey.now());
    }

    private static List<SnapshotId> byId(SnapshotId id, Survey survey, Set<SnapshotId> untouchable) {
        if (!survey.manifests().containsKey(id)) {
            throw about(id, new SnapshotNotFoundException("there is no snapshot " + id));
        }
        if (survey.pins().containsKey(id)) {
            throw about(id, new SnapshotConfigurationException("snapshot " + id + " is pinned; unpin it first"));
        }
        if (untouchable.contains(id)) {
            throw about(
                    id,
                    new SnapshotConfigurationException("snapshot " + id
                            + " is not retired: it is the latest sound one, or the last one of its kind;"
                            + " take another first"));
        }
        return survey.isRetired(id) ? List.of() : List.of(id);
    }

    private static SnapshotException about(SnapshotId id, SnapshotException e) {
        e.about(id);
        return e;
    }
}
