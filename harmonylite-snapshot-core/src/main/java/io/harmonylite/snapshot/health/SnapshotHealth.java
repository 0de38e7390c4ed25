package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How it stands with the snapshots of one database, at one moment. Immutable.
 *
 * @param state the worst state that a reason asks for; OK where there is none
 * @param reasons why it is not OK, the worst in front
 * @param facts what it rests on
 */
public record SnapshotHealth(HealthState state, List<HealthReason> reasons, HealthFacts facts) {

    private static final Comparator<HealthReason> WORST = Comparator.comparing(
                    (HealthReason reason) -> reason.cause().state())
            .reversed()
            .thenComparing(HealthReason::cause)
            .thenComparing(HealthReason::sentence);

    /** Copies the reasons. */
    public SnapshotHealth {
        reasons = List.copyOf(reasons);
    }

    /** Judges. The same facts and policy always give the same health. */
    public static SnapshotHealth of(HealthFacts facts, HealthPolicy policy) {
        List<HealthReason> reasons =
                new HealthRule(facts, policy).reasons().stream().sorted(WORST).toList();
        HealthState state =
                reasons.isEmpty() ? HealthState.OK : reasons.get(0).cause().state();
        return new SnapshotHealth(state, reasons, facts);
    }

    /** Whether all is well. */
    public boolean isOk() {
        return state == HealthState.OK;
    }

    /** How old the newest snapshot is, where there is one; never negative, whatever the clocks say. */
    public Optional<Duration> newestAge() {
        return facts.newest().map(SnapshotInfo::storedAt).map(this::since);
    }

    /** How long ago a snapshot was proven to be restorable at last. */
    public Optional<Duration> proofAge() {
        return facts.lastProof().map(SnapshotProof::storedAt).map(this::since);
    }

    /** The failure that ended last and was not made good since. */
    public Optional<OperationOutcome> lastFailure() {
        return facts.failures().stream().max(Comparator.comparing(OperationOutcome::endedAt));
    }

    private Duration since(Instant instant) {
        return HealthRule.since(instant, facts.now());
    }

    /** State and reasons, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(state.name());
        reasons.forEach(reason -> text.append("; ").append(reason.sentence()));
        return text.toString();
    }
}
