package io.harmonylite.snapshot.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.watch.Headroom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Health as a pure function: the latest snapshot is an hour old and proven two hours ago, and streams have headroom,
 * unless a test says otherwise.
 */
class SnapshotHealthTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final ImageInfo IMAGE =
            new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00".repeat(32), "00".repeat(32));
    private static final SnapshotId ID = SnapshotId.of(NOW, "n", 1);

    private Optional<SnapshotInfo> newest = stored(Duration.ofHours(1));
    private Optional<Instant> unchangedAt = Optional.empty();
    private Optional<SnapshotProof> proof = proven(Duration.ofHours(2));
    private final List<StreamHealth> streams = new ArrayList<>();
    private final SortedMap<String, Long> feedLag = new TreeMap<>();
    private final List<OperationOutcome> failures = new ArrayList<>();
    private final List<HealthReason> troubles = new ArrayList<>();
    private HealthPolicy policy = HealthPolicy.defaults();

    private static Optional<SnapshotInfo> stored(Duration age) {
        return Optional.of(new SnapshotInfo(ID, "orders", NOW, NOW.minus(age), "1", Positions.none(), IMAGE, 1_000));
    }

    private static Optional<SnapshotProof> proven(Duration age) {
        return Optional.of(new SnapshotProof(ID, NOW.minus(age), NOW, Duration.ofSeconds(5)));
    }

    private static StreamHealth stream(double headroom, long lag) {
        return new StreamHealth("a", 1, 100, 50, lag, new Headroom(headroom, Optional.of(Duration.ofHours(3))));
    }

    private void failed(Operation operation, Instant at) {
        StoreUnavailableException failure = new StoreUnavailableException("no way to the store");
        ExceptionAccess.setStage(failure, Stage.SEAL);
        failures.add(new OperationOutcome(
                operation, "orders", at, Duration.ZERO, false, Optional.empty(), 0, 0, 0, 0, Optional.of(failure)));
    }

    private SnapshotHealth health() {
        return SnapshotHealth.of(
                new HealthFacts(NOW, newest, unchangedAt, proof, 1, 1_000, streams, feedLag, failures, troubles),
                policy);
    }

    private void assertHealth(HealthState state, HealthCause... causes) {
        SnapshotHealth health = health();
        assertThat(health.reasons()).extracting(HealthReason::cause).containsExactly(causes);
        assertThat(health.state()).isEqualTo(state);
        assertThat(health.isOk()).isEqualTo(state == HealthState.OK);
    }

    @Test
    void of_allThresholdsMet_isOk() {
        streams.add(stream(0.9, 5));
        assertHealth(HealthState.OK);
        assertThat(health()).hasToString("OK");
        assertThat(health().newestAge()).contains(Duration.ofHours(1));
        assertThat(health().proofAge()).contains(Duration.ofHours(2));
        assertThat(health().lastFailure()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT24H, OK", "PT24H0.001S, STALE", "PT-1H, OK", "P9D, STALE"})
    void of_ageOfLatest_isStaleAboveTheThreshold(Duration age, HealthState state) {
        newest = stored(age);
        assertThat(health().state()).isEqualTo(state);
        assertThat(health().newestAge().orElseThrow()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void of_oldLatestButNothingChanged_isOk() {
        newest = stored(Duration.ofDays(3));
        unchangedAt = Optional.of(NOW.minus(Duration.ofHours(2)));
        assertHealth(HealthState.OK);
        assertThat(health().newestAge()).contains(Duration.ofDays(3));
        unchangedAt = Optional.of(NOW.minus(Duration.ofDays(2)));
        assertHealth(HealthState.STALE, HealthCause.SNAPSHOT_OLD);
        unchangedAt = Optional.of(NOW.minus(Duration.ofDays(4)));
        assertThat(health().toString()).contains("3 days old");
    }

    @ParameterizedTest
    @CsvSource({"P7D, OK", "P7DT0.001S, STALE", "PT-1H, OK"})
    void of_ageOfLastProof_isStaleAboveTheThreshold(Duration age, HealthState state) {
        proof = proven(age);
        assertThat(health().state()).isEqualTo(state);
    }

    @Test
    void of_neverProven_isNoReasonByItself() {
        proof = Optional.empty();
        assertHealth(HealthState.OK);
    }

    @Test
    void of_noSnapshot_isFailingForThatReasonOnly() {
        newest = Optional.empty();
        proof = Optional.empty();
        assertHealth(HealthState.FAILING, HealthCause.NO_SNAPSHOT);
    }

    @Test
    void of_storeUnreachable_isFailingForThatReasonOnly() {
        newest = Optional.empty();
        proof = Optional.empty();
        troubles.add(new HealthReason(HealthCause.STORE_UNREACHABLE, "no way"));
        assertHealth(HealthState.FAILING, HealthCause.STORE_UNREACHABLE);
    }

    @ParameterizedTest
    @CsvSource({"1, OK", "0.25, OK", "0.249, STALE", "0, STALE"})
    void of_headroom_isStaleBelowTheThreshold(double share, HealthState state) {
        streams.add(stream(share, 0));
        assertThat(health().state()).isEqualTo(state);
    }

    @Test
    void of_lag_isStaleAboveTheThresholdIfConfigured() {
        streams.add(stream(1, 1_000_000));
        assertHealth(HealthState.OK);
        policy = policy.maxLag(999_999);
        assertHealth(HealthState.STALE, HealthCause.LAGGING);
        policy = policy.maxLag(1_000_000);
        assertHealth(HealthState.OK);
    }

    @Test
    void of_feedLag_countsIfItIsTheLargerOrOnlyOne() {
        policy = policy.maxLag(10);
        streams.add(stream(1, 10));
        feedLag.put("other", 10L);
        assertHealth(HealthState.OK);
        feedLag.put("other", 11L);
        assertHealth(HealthState.STALE, HealthCause.LAGGING);
        feedLag.put(streams.get(0).stream(), 12L);
        assertHealth(HealthState.STALE, HealthCause.LAGGING, HealthCause.LAGGING);
        feedLag.clear();
        assertHealth(HealthState.OK);
    }

    @Test
    void of_failedOperations_isFailingAndReturnsTheLast() {
        failed(Operation.TAKE, NOW.minusSeconds(60));
        failed(Operation.PRUNE, NOW.minusSeconds(30));
        assertHealth(HealthState.FAILING, HealthCause.OPERATION_FAILED, HealthCause.OPERATION_FAILED);
        assertThat(health().lastFailure().orElseThrow().operation()).isEqualTo(Operation.PRUNE);
        assertThat(health().toString())
                .contains("the last take failed at 2026-11-24T11:59:00Z in stage SEAL", "no way to the store");
    }

    @ParameterizedTest
    @EnumSource(HealthCause.class)
    void of_anyCause_determinesTheState(HealthCause cause) {
        troubles.add(new HealthReason(cause, "trouble"));
        assertHealth(cause.state(), cause);
        assertThat(cause.state()).isNotEqualTo(HealthState.OK);
    }

    @Test
    void of_severalReasons_isTheWorstWhichComesFirst() {
        proof = proven(Duration.ofDays(8));
        newest = stored(Duration.ofDays(3));
        streams.add(stream(0.1, 0));
        failed(Operation.TAKE, NOW);
        troubles.add(new HealthReason(HealthCause.RESTORING, "a restore runs"));
        troubles.add(new HealthReason(HealthCause.RECOVERY_NEEDED, "messages are gone"));
        assertHealth(
                HealthState.GAP,
                HealthCause.RECOVERY_NEEDED,
                HealthCause.RESTORING,
                HealthCause.OPERATION_FAILED,
                HealthCause.SNAPSHOT_OLD,
                HealthCause.PROOF_OLD,
                HealthCause.HEADROOM_LOW);
    }

    @Test
    void toString_reasons_nameValuesAndThresholds() {
        newest = stored(Duration.ofDays(3));
        proof = proven(Duration.ofDays(8));
        streams.add(stream(0.1, 0));
        assertThat(health())
                .hasToString("STALE; the newest snapshot is 3 days old, more than 24 hours;"
                        + " the last proof is 8 days old, more than 7 days;"
                        + " stream a has 10 % of its headroom left, less than 25 %, and drops messages that the newest"
                        + " snapshot lacks in 3 hours");
    }

    @Test
    void policy_invalidValues_areRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> policy.minHeadroom(1.1));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.minHeadroom(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.maxLag(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.maxSnapshotAge(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.maxProofAge(Duration.ofSeconds(-1)));
        assertThat(policy.maxSnapshotAge(Duration.ofHours(3)).maxSnapshotAge()).isEqualTo(Duration.ofHours(3));
        assertThat(policy.maxProofAge(Duration.ofHours(3)).maxProofAge()).isEqualTo(Duration.ofHours(3));
        assertThat(policy.minHeadroom(0.5).minHeadroom()).isEqualTo(0.5);
        assertThat(policy.maxLag(5).maxLag()).isEqualTo(5);
    }
}
