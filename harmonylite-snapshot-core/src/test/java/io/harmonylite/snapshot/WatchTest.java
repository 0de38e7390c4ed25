package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.ObservedStream;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.TriggerReason;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop over simulated days: the test provides the clock, the scheduler and the working thread. */
class WatchTest {

    private static final String STREAM = "changes";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemorySnapshotStore memory = new InMemorySnapshotStore(scheduler);
    private final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
    private final List<WatchReport> reports = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int last = opened.size() - 1; last >= 0; last--) {
            opened.get(last).close();
        }
    }

    private Replica replica(String name) throws IOException, SQLException {
        return replica(name, memory);
    }

    private Replica replica(String name, SnapshotStore store) throws IOException, SQLException {
        Path home = Files.createDirectory(directory.resolve(name));
        Replica replica = new Replica(home, Replica.Kind.FILE, store, streams);
        opened.add(replica);
        replica.createTables();
        return replica;
    }

    /** Configures a check every minute, without jitter. */
    private SnapshotManager.Builder watched(Replica replica, Trigger trigger) {
        return onThisThread(replica.builder()).trigger(trigger);
    }

    private SnapshotManager.Builder onThisThread(SnapshotManager.Builder builder) {
        return builder.clock(scheduler)
                .executor(Runnable::run)
                .watchOptions(WatchOptions.defaults().jitter(0).noDrills().listener(this::record));
    }

    private void record(WatchReport report) {
        if (report.outcome() != WatchOutcome.NOT_DUE) {
            reports.add(report);
        }
    }

    private SnapshotManager start(SnapshotManager.Builder builder) {
        SnapshotManager manager = builder.build();
        opened.add(manager);
        manager.start(scheduler);
        return manager;
    }

    private void publishAndApply(Replica replica, int messages) throws SQLException, IOException {
        streams.publish(STREAM, messages);
        replica.catchUp();
    }

    private List<WatchOutcome> outcomes() {
        return reports.stream().map(WatchReport::outcome).toList();
    }

    private List<Long> positions() {
        return SnapshotRepository.of("orders", memory).list().snapshots().stream()
                .map(info -> info.positions().of(STREAM).orElseThrow().sequence())
                .sorted()
                .toList();
    }

    private int snapshots() {
        return memory.list("orders/manifests/").size();
    }

    @Test
    void start_everyMessages_takesAfterThatManyMessages() throws Exception {
        Replica replica = replica("a");
        start(watched(replica, Trigger.everyMessages(10)));
        for (int minute = 0; minute < 12; minute++) {
            publishAndApply(replica, 4);
            scheduler.advance(MINUTE);
        }
        assertThat(positions()).containsExactly(12L, 24L, 36L, 48L);
        assertThat(reports).hasSize(4).allSatisfy(report -> {
            assertThat(report.outcome()).isEqualTo(WatchOutcome.DONE);
            assertThat(report.reason().orElseThrow().kind()).isEqualTo(TriggerReason.Kind.MESSAGES);
            assertThat(report.snapshot()).isPresent();
        });
    }

    @Test
    void start_everyInterval_takesAndPrunesForDays() throws Exception {
        Replica replica = replica("a");
        SnapshotManager manager = start(watched(replica, Trigger.every(HOUR.multipliedBy(3)))
                .retention(RetentionPolicy.keepLast(2))
                .gracePeriod(HOUR.multipliedBy(6))
                .watchOptions(WatchOptions.defaults()
                        .jitter(0)
                        .noDrills()
                        .checkEvery(HOUR)
                        .listener(this::record)));
        for (int hour = 0; hour < 48; hour++) {
            publishAndApply(replica, 1);
            scheduler.advance(HOUR);
        }
        assertThat(reports.stream().filter(report -> report.duty() == WatchDuty.TAKE))
                .hasSize(17)
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(WatchOutcome.DONE));
        assertThat(reports.stream().filter(report -> report.duty() == WatchDuty.PRUNE))
                .hasSize(17)
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(WatchOutcome.DONE));
        assertThat(manager.list().snapshots()).hasSize(2);
        assertThat(snapshots()).isLessThanOrEqualTo(5);
    }

    @Test
    void start_clockOfTheHostIsYearsOff_usesTheClockOfTheStore() throws Exception {
        Replica replica = replica("a");
        start(watched(replica, Trigger.every(HOUR))
                .clock(() -> scheduler.instant().minus(Duration.ofDays(1000))));
        for (int hour = 0; hour < 5; hour++) {
            publishAndApply(replica, 1);
            scheduler.advance(HOUR);
        }
        assertThat(snapshots()).isEqualTo(5);
    }

    @Test
    void start_headroomShrinks_takesWhileTheLatestStillCovers() throws Exception {
        streams.create(STREAM, StreamRetention.ofMessages(100));
        Replica replica = replica("a");
        SnapshotManager manager = start(watched(replica, Trigger.whenHeadroomBelow(0.5)));
        for (int minute = 0; minute < 30; minute++) {
            publishAndApply(replica, 9);
            scheduler.advance(MINUTE);
            long newest = positions().stream().max(Long::compare).orElse(0L);
            assertThat(streams.state(STREAM).orElseThrow().first()).isLessThanOrEqualTo(newest + 1);
        }
        assertThat(snapshots()).isBetween(4, 6);
        ObservedStream seen =
                manager.watchStatus().lastInput().orElseThrow().streams().get(0);
        assertThat(seen.position()).isGreaterThan(250);
        assertThat(seen.lag()).isZero();
    }

    @Test
    void d38_nothingChanged_uploadsNothing() throws Exception {
        HookedStore store = new HookedStore(memory, (number, call, name) -> {});
        Replica replica = replica("a", store);
        Recorder recorder = new Recorder();
        SnapshotManager manager = start(watched(replica, Trigger.every(HOUR)).listener(recorder));
        publishAndApply(replica, 5);
        scheduler.advance(HOUR.multipliedBy(24));
        assertThat(outcomes()).startsWith(WatchOutcome.DONE, WatchOutcome.UNCHANGED);
        assertThat(outcomes().stream().filter(WatchOutcome.DONE::equals)).hasSize(1);
        assertThat(recorder.outcomes)
                .extracting(OperationOutcome::result)
                .startsWith("done", "unchanged")
                .hasSameSizeAs(outcomes());
        assertThat(recorder.outcomes.get(1).toString())
                .startsWith("operation=take name=orders outcome=unchanged snapshot=")
                .contains(" bytes=0 ");
        assertThat(store.log().stream().filter(call -> call.startsWith("put orders/packs")))
                .hasSize(1);
        assertThat(recorder.events.stream().filter("+CAPTURE"::equals))
                .hasSize(outcomes().size());
        assertThat(outcomes()).hasSizeBetween(23, 25); // One check per hour, not per minute.
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).consecutiveFailures())
                .isZero();
        manager.take();
        assertThat(snapshots()).isEqualTo(2); // A manual take always stores a snapshot.
        assertThat(recorder.outcomes)
                .last()
                .extracting(OperationOutcome::result)
                .isEqualTo("done");
    }

    @Test
    void d38_withoutStreams_comparesTheImage() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        start(onThisThread(SnapshotManager.builder("orders", database, memory)).trigger(Trigger.every(HOUR)));
        scheduler.advance(HOUR.multipliedBy(2));
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE, WatchOutcome.UNCHANGED, WatchOutcome.UNCHANGED);
        TestDatabase.run(database, "INSERT INTO bare VALUES (1)");
        scheduler.advance(HOUR);
        assertThat(outcomes()).endsWith(WatchOutcome.DONE);
        assertThat(snapshots()).isEqualTo(2);
    }

    @Test
    void d38_lastLeafChanged_takesASnapshot() throws Exception {
        Path database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE t (x)",
                TestDatabase.fill("t", "x", "zeroblob(100000)", 170),
                "INSERT INTO t VALUES ('the last row of several leaves')");
        start(onThisThread(SnapshotManager.builder("orders", database, memory)).trigger(Trigger.every(HOUR)));
        scheduler.advance(HOUR);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE, WatchOutcome.UNCHANGED);
        TestDatabase.run(database, "UPDATE t SET x = 'the last row of several LEAVES' WHERE rowid = 171");
        scheduler.advance(HOUR);
        assertThat(outcomes()).endsWith(WatchOutcome.DONE);
    }

    @Test
    void start_latestLacksAPack_takesASnapshot() throws Exception {
        Replica replica = replica("a");
        SnapshotManager manager = start(watched(replica, Trigger.every(HOUR)));
        publishAndApply(replica, 5);
        scheduler.advance(MINUTE);
        memory.delete(memory.list("orders/packs/").get(0).name());
        scheduler.advance(HOUR);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE, WatchOutcome.DONE);
        SnapshotId last = reports.get(1).snapshot().orElseThrow().id();
        assertThat(manager.verify(last, VerifyDepth.REBUILD).isSound()).isTrue();
    }

    @Test
    void d23_laggingNode_keepsTheBetterSnapshot() throws Exception {
        Replica ahead = replica("ahead");
        Replica lagging = replica("lagging");
        publishAndApply(ahead, 60);
        ahead.manager().take();
        lagging.apply(STREAM, 10);
        SnapshotManager manager = start(watched(lagging, Trigger.every(HOUR).or(Trigger.everyMessages(1))));
        scheduler.advance(HOUR.multipliedBy(5));
        assertThat(outcomes()).isNotEmpty().allMatch(WatchOutcome.BEHIND::equals);
        assertThat(positions()).containsExactly(60L);
        publishAndApply(lagging, 5);
        scheduler.advance(MINUTE);
        assertThat(positions()).containsExactly(60L, 65L);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).lastDone()).isPresent();
    }

    @Test
    void d23_latestOfADeletedStream_doesNotPreventTakes() throws Exception {
        Replica old = replica("old");
        publishAndApply(old, 60);
        old.manager().take();
        streams.create(STREAM, StreamRetention.unlimited());
        Replica young = replica("young");
        start(watched(young, Trigger.everyMessages(10)));
        publishAndApply(young, 10);
        scheduler.advance(MINUTE);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE);
        scheduler.advance(HOUR);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE);
        assertThat(positions()).containsExactly(10L, 60L);
    }

    @Test
    void d21_thresholdReachedAtOneNode_takesThere() throws Exception {
        SharedLease lease = new SharedLease();
        Replica first = replica("first");
        Replica second = replica("second");
        start(watched(first, Trigger.everyMessages(10)).node("first").lease(lease));
        start(watched(second, Trigger.everyMessages(10)).node("second").lease(lease));
        streams.publish(STREAM, 10);
        second.catchUp(); // The first node checks first, but has applied nothing.
        scheduler.advance(MINUTE);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE);
        assertThat(reports.get(0).snapshot().orElseThrow().id().toString()).contains("-second-");
    }

    @Test
    void d21_anotherNodeHoldsTheLease_checksAgainAndTakes() throws Exception {
        SharedLease lease = new SharedLease();
        Replica replica = replica("a");
        start(watched(replica, Trigger.everyMessages(10)).lease(lease));
        publishAndApply(replica, 10);
        try (SnapshotLease.Held held = lease.tryAcquire("orders").orElseThrow()) {
            scheduler.advance(MINUTE);
            assertThat(held.isHeld()).isTrue();
        }
        assertThat(outcomes()).containsOnly(WatchOutcome.BUSY);
        scheduler.advance(MINUTE);
        assertThat(outcomes()).endsWith(WatchOutcome.DONE);
    }

    @Test
    void start_anotherNodeTookBeforeTheLease_takesNothing() throws Exception {
        Replica first = replica("first");
        Replica second = replica("second");
        publishAndApply(first, 10);
        second.catchUp();
        SharedLease shared = new SharedLease();
        SnapshotLease slow = name -> {
            first.manager().take(); // Just before this node gets the lease.
            return shared.tryAcquire(name);
        };
        start(watched(second, Trigger.everyMessages(10)).lease(slow));
        scheduler.advance(HOUR);
        assertThat(outcomes()).isEmpty();
        assertThat(positions()).containsExactly(10L);
    }

    @Test
    void start_takesFail_waitsLongerEachTimeAndContinues() throws Exception {
        Path database = directory.resolve("orders.db");
        SnapshotManager manager = start(onThisThread(SnapshotManager.builder("orders", database, memory))
                .trigger(Trigger.every(HOUR)));
        List<Duration> waits = new ArrayList<>();
        for (int failure = 0; failure < 9; failure++) {
            Instant next = manager.watchStatus().duty(WatchDuty.TAKE).next().orElseThrow();
            waits.add(Duration.between(scheduler.instant(), next));
            scheduler.advance(waits.get(failure));
        }
        assertThat(waits.stream().map(Duration::toSeconds))
                .containsExactly(0L, 30L, 60L, 120L, 240L, 480L, 960L, 1800L, 1800L);
        DutyStatus failing = manager.watchStatus().duty(WatchDuty.TAKE);
        assertThat(failing.consecutiveFailures()).isEqualTo(9);
        assertThat(failing.lastFailed().orElseThrow().failure()).containsInstanceOf(DatabaseNotFoundException.class);
        assertThat(Files.exists(database)).isFalse();
        TestDatabase.create(database);
        scheduler.advance(HOUR);
        DutyStatus going = manager.watchStatus().duty(WatchDuty.TAKE);
        assertThat(going.consecutiveFailures()).isZero();
        assertThat(going.lastDone()).isPresent();
        assertThat(going.lastFailed()).isPresent();
        assertThat(snapshots()).isEqualTo(1);
    }

    @Test
    void start_nodeMissesMessages_takesNothingAndReportsTheGap() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 5);
        streams.publish(STREAM, 20);
        streams.dropBefore(STREAM, 10);
        SnapshotManager manager = start(watched(replica, Trigger.everyMessages(1)));
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(manager.watchStatus()
                        .duty(WatchDuty.TAKE)
                        .lastFailed()
                        .orElseThrow()
                        .failure())
                .containsInstanceOf(StreamGapException.class);
        assertThat(snapshots()).isZero();
    }

    @Test
    void start_streamsFail_loopContinues() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 10);
        SnapshotManager manager = start(watched(replica, Trigger.everyMessages(10)));
        streams.failWith(new IOException("no server"));
        scheduler.advance(Duration.ofMinutes(3));
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).consecutiveFailures())
                .isGreaterThan(2);
        streams.failWith(null);
        scheduler.advance(HOUR);
        assertThat(outcomes()).endsWith(WatchOutcome.DONE);
    }

    @Test
    void start_pruneFails_takeSucceedsAndPruneIsRetried() throws Exception {
        boolean[] broken = {true};
        HookedStore store = new HookedStore(memory, (number, call, name) -> {
            if (broken[0] && call.equals("list") && name.equals("orders/pins/")) {
                throw new StoreAccessException("not allowed");
            }
        });
        Replica replica = replica("a", store);
        SnapshotManager manager =
                start(watched(replica, Trigger.every(HOUR.multipliedBy(6))).retention(RetentionPolicy.keepLast(1)));
        publishAndApply(replica, 1);
        scheduler.advance(MINUTE);
        WatchStatus status = manager.watchStatus();
        assertThat(status.duty(WatchDuty.TAKE).consecutiveFailures()).isZero();
        assertThat(status.duty(WatchDuty.TAKE).lastDone()).isPresent();
        assertThat(status.duty(WatchDuty.PRUNE).consecutiveFailures()).isEqualTo(2);
        broken[0] = false;
        scheduler.advance(HOUR);
        assertThat(manager.watchStatus().duty(WatchDuty.PRUNE).lastDone()).isPresent();
        assertThat(manager.watchStatus().duty(WatchDuty.PRUNE).next()).isEmpty();
    }

    @Test
    void watchStatus_beforeDuringAndAfterTheLoop_showsItsState() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 3);
        streams.publish(STREAM, 4);
        SnapshotManager manager = watched(replica, Trigger.every(HOUR)).build();
        assertThat(manager.watchStatus().state()).isEqualTo(WatchStatus.State.OFF);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE)).isSameAs(DutyStatus.IDLE);
        manager.start(scheduler);
        assertThat(manager.watchStatus().state()).isEqualTo(WatchStatus.State.ON);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).next()).contains(scheduler.instant());
        assertThat(manager.watchStatus().lastInput()).isEmpty();
        scheduler.advance(Duration.ofSeconds(1));
        ObservedStream seen =
                manager.watchStatus().lastInput().orElseThrow().streams().get(0);
        assertThat(List.of(seen.position(), seen.saved(), seen.lag())).containsExactly(3L, 0L, 4L);
        manager.close();
        assertThat(manager.watchStatus().state()).isEqualTo(WatchStatus.State.STOPPED);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).next()).isEmpty();
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).lastDone()).isPresent();
        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void close_triggerFiresOnClose_takesOnlyIfChanged() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 3);
        SnapshotManager manager = watched(replica, Trigger.beforeClose()).build();
        manager.start(scheduler);
        scheduler.advance(HOUR);
        assertThat(snapshots()).isZero();
        manager.close();
        assertThat(positions()).containsExactly(3L);
        SnapshotManager again = watched(replica, Trigger.beforeClose()).build();
        again.start(scheduler);
        again.close();
        again.close();
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE, WatchOutcome.UNCHANGED);
        assertThat(snapshots()).isEqualTo(1);
    }

    @Test
    void close_triggerDoesNotFireOnClose_takesNothing() throws Exception {
        Replica replica = replica("a");
        SnapshotManager manager = watched(replica, Trigger.everyMessages(1)).build();
        manager.start(scheduler);
        scheduler.advance(MINUTE);
        publishAndApply(replica, 3);
        manager.close();
        assertThat(snapshots()).isZero();
        assertThat(scheduler.waiting()).isZero();
        assertThat(scheduler.isShutdown()).isFalse(); // The scheduler belongs to the host.
    }

    @Test
    void close_schedulerOfTheHostHasEnded_takesBeforeClosing() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 3);
        SnapshotManager manager =
                watched(replica, Trigger.every(HOUR).or(Trigger.beforeClose())).build();
        manager.start(scheduler);
        scheduler.shutdown();
        manager.close();
        assertThat(positions()).containsExactly(3L);
    }

    @Test
    void start_invalidState_isRejected() throws Exception {
        Replica replica = replica("a");
        SnapshotManager without = replica.manager();
        assertThatThrownBy(() -> without.start(scheduler))
                .isExactlyInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("trigger");
        SnapshotManager once = start(watched(replica, Trigger.manual()));
        assertThatThrownBy(() -> once.start(scheduler)).isInstanceOf(IllegalStateException.class);
        once.close();
        assertThatThrownBy(() -> once.start(scheduler)).isInstanceOf(IllegalStateException.class);
        SnapshotManager.Builder streamless = SnapshotManager.builder("orders", replica.database, memory)
                .trigger(Trigger.everyMessages(5).or(Trigger.whenHeadroomBelow(0.5)));
        assertThatThrownBy(streamless::build)
                .isExactlyInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContainingAll("every 5 messages or when headroom is below 0.5", "streams");
    }

    @Test
    void start_tableMap_readsThePositionsInTheDatabase() throws Exception {
        Path home = Files.createDirectory(directory.resolve("table"));
        Replica replica = new Replica(home, Replica.Kind.TABLE, memory, streams);
        opened.add(replica);
        replica.createTables();
        start(watched(replica, Trigger.everyMessages(10)));
        publishAndApply(replica, 10);
        scheduler.advance(MINUTE);
        assertThat(positions()).containsExactly(10L);
        assertThat(Optional.of(reports.get(0).duty())).contains(WatchDuty.TAKE);
    }

    private long purge(String stream, Instant created, long sequence) throws IOException {
        long before = streams.state(stream).orElseThrow().messages();
        streams.dropBefore(stream, sequence);
        return before - streams.state(stream).orElseThrow().messages();
    }

    @Test
    void start_drillsAndTrims_provesOnceADayForAllNodesAndTrims() throws Exception {
        Replica replica = replica("a");
        Replica peer = replica("peer");
        TrimPolicy policy = TrimPolicy.of(this::purge, MemberPositions.noOtherMembers())
                .keepMessages(0)
                .keepYoungerThan(Duration.ZERO);
        for (Replica each : List.of(replica, peer)) {
            start(watched(each, Trigger.every(HOUR.multipliedBy(6)))
                    .trimPolicy(policy)
                    .watchOptions(
                            WatchOptions.defaults().jitter(0).checkEvery(HOUR).listener(this::record)));
        }
        for (int hour = 0; hour < 54; hour++) {
            publishAndApply(replica, 1);
            peer.catchUp();
            scheduler.advance(HOUR);
        }
        assertThat(reports.stream().filter(report -> report.duty() == WatchDuty.DRILL))
                .hasSize(3)
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(WatchOutcome.DONE));
        assertThat(reports.stream().filter(report -> report.duty() == WatchDuty.TRIM))
                .isNotEmpty()
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(WatchOutcome.DONE));
        assertThat(streams.state(STREAM).orElseThrow().first()).isGreaterThan(20);
        Replica fresh = replica("fresh");
        fresh.manager().recover();
        fresh.catchUp();
        assertThat(fresh.rows(STREAM)).hasSize(54);
    }

    @Test
    void start_drillFindsDamage_failsOnlyTheDrill() throws Exception {
        Replica replica = replica("a");
        publishAndApply(replica, 1);
        SnapshotManager manager = start(watched(replica, Trigger.every(Duration.ofDays(30)))
                .watchOptions(WatchOptions.defaults().jitter(0).listener(this::record)));
        scheduler.advance(MINUTE);
        memory.damage(memory.list("orders/packs/").get(0).name(), new byte[] {1});
        scheduler.advance(Duration.ofDays(2));
        DutyStatus drill = manager.watchStatus().duty(WatchDuty.DRILL);
        assertThat(drill.consecutiveFailures()).isPositive();
        assertThat(drill.lastFailed().orElseThrow().failure()).containsInstanceOf(CorruptSnapshotException.class);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).consecutiveFailures())
                .isZero();
    }
}
