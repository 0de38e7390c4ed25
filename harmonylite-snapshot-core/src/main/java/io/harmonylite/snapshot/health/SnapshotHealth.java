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
 * The health of the snapshots of one database, its streams and its node, at one moment. Immutable.
 *
 * @param state the worst state that a reason requires; OK if there is no reason
 * @param reasons why the state is not OK, the worst reason first
 * @param facts the facts on which it is based
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

    /** Determines a health. The same facts and policy always give the same health. */
    public static SnapshotHealth of(HealthFacts facts, HealthPolicy policy) {
        List<HealthReason> reasons =
                new HealthRule(facts, policy).reasons().stream().sorted(WORST).toList();
        HealthState state =
                reasons.isEmpty() ? HealthState.OK : reasons.get(0).cause().state();
        return new SnapshotHealth(state, reasons, facts);
    }

    /** Returns whether the state is OK. */
    public boolean isOk() {
        return state == HealthState.OK;
    }

    /** Returns the age of the newest snapshot, if there is one. Never negative, even if the clocks differ. */
    public Optional<Duration> newestAge() {
        return facts.newest().map(SnapshotInfo::storedAt).map(this::since);
    }

    /** Returns the age of the last proof, if there is one. Never negative, even if the clocks differ. */
    public Optional<Duration> proofAge() {
        return facts.lastProof().map(SnapshotProof::storedAt).map(this::since);
    }

    /** Returns the latest failure of an operation that has not succeeded since. */
    public Optional<OperationOutcome> lastFailure() {
        return facts.failures().stream().max(Comparator.comparing(OperationOutcome::endedAt));
    }

    private Duration since(Instant instant) {
        return HealthRule.since(instant, facts.now());
    }

    /** Returns state and reasons, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(state.name());
        reasons.forEach(reason -> text.append("; ").append(reason.sentence()));
        return text.toString();
    }
}
