package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Determines the reasons of a health from facts and a policy: a pure function. */
final class HealthRule {

    private static final double PERCENT = 100;

    private final HealthFacts facts;
    private final HealthPolicy policy;
    private final List<HealthReason> reasons;

    HealthRule(HealthFacts facts, HealthPolicy policy) {
        this.facts = facts;
        this.policy = policy;
        this.reasons = new ArrayList<>(facts.troubles());
    }

    List<HealthReason> reasons() {
        boolean isStoreKnown =
                facts.troubles().stream().map(HealthReason::cause).noneMatch(HealthCause.STORE_UNREACHABLE::equals);
        if (isStoreKnown) {
            facts.newest()
                    .ifPresentOrElse(
                            this::newest, () -> add(HealthCause.NO_SNAPSHOT, "there is no snapshot in the store"));
        }
        facts.streams().forEach(this::stream);
        lags().forEach(this::lag);
        facts.failures().forEach(this::failure);
        return reasons;
    }

    private void newest(SnapshotInfo newest) {
        Instant current =
                facts.unchangedAt().filter(newest.storedAt()::isBefore).orElse(newest.storedAt());
        Duration age = since(current, facts.now());
        if (age.compareTo(policy.maxSnapshotAge()) > 0) {
            add(
                    HealthCause.SNAPSHOT_OLD,
                    "the newest snapshot is " + text(age) + " old, more than " + text(policy.maxSnapshotAge()));
        }
        facts.lastProof().ifPresent(proof -> proof(since(proof.storedAt(), facts.now())));
    }

    private void proof(Duration age) {
        if (age.compareTo(policy.maxProofAge()) > 0) {
            add(
                    HealthCause.PROOF_OLD,
                    "the last proof is " + text(age) + " old, more than " + text(policy.maxProofAge()));
        }
    }

    private void stream(StreamHealth stream) {
        if (stream.headroom().share() < policy.minHeadroom()) {
            add(
                    HealthCause.HEADROOM_LOW,
                    "stream " + stream.stream() + " has "
                            + percent(stream.headroom().share())
                            + " of its headroom left, less than " + percent(policy.minHeadroom())
                            + stream.headroom()
                                    .lasts()
                                    .map(lasts ->
                                            ", and drops messages that the newest snapshot lacks in " + text(lasts))
                                    .orElse(""));
        }
    }

    /** Returns the lag behind each stream, the larger one if the node's positions and its feed differ. */
    private SortedMap<String, Long> lags() {
        SortedMap<String, Long> lags = new TreeMap<>(facts.feedLag());
        facts.streams().forEach(stream -> lags.merge(stream.stream(), stream.lag(), Math::max));
        return lags;
    }

    private void lag(String stream, long lag) {
        if (lag > policy.maxLag()) {
            add(
                    HealthCause.LAGGING,
                    "this node is " + lag + " messages behind stream " + stream + ", more than " + policy.maxLag());
        }
    }

    private void failure(OperationOutcome outcome) {
        String cause = outcome.failure()
                .map(failure -> failure.getClass().getSimpleName() + ": " + failure.getMessage())
                .orElse("the cause is unknown");
        String stage = outcome.failedStage()
                .map(Stage::name)
                .map(name -> " in stage " + name)
                .orElse("");
        add(
                HealthCause.OPERATION_FAILED,
                "the last " + outcome.operation().label() + " failed at " + outcome.endedAt() + stage + ": " + cause);
    }

    private void add(HealthCause cause, String sentence) {
        reasons.add(new HealthReason(cause, sentence));
    }

    static Duration since(Instant instant, Instant now) {
        return instant.isAfter(now) ? Duration.ZERO : Duration.between(instant, now);
    }

    /** Returns the duration in the largest unit of which it has at least two. */
    private static String text(Duration duration) {
        for (Unit unit : Unit.values()) {
            long count = duration.dividedBy(unit.length);
            if (count > 1) {
                return count + " " + unit.word;
            }
        }
        return duration.toSeconds() + " seconds";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", PERCENT * share);
    }

    private enum Unit {
        DAY(Duration.ofDays(1), "days"),
        HOUR(Duration.ofHours(1), "hours"),
        MINUTE(Duration.ofMinutes(1), "minutes");

        private final Duration length;
        private final String word;

        Unit(Duration length, String word) {
            this.length = length;
            this.word = word;
        }
    }
}
