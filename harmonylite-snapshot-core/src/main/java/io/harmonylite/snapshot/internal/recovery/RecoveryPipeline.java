package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.recovery.Gatherer.Local;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt.Cause;
import io.harmonylite.snapshot.internal.restore.InterruptedRestoreRecovery;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.restore.RetryOnRetired;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOptions.FromHarmonyLite;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes recovery plans and carries them out. Holds the restore lock from the first read of the database until the map
 * is written, so that a second process sees the result or is rejected.
 */
public final class RecoveryPipeline {

    private static final Logger LOG = LoggerFactory.getLogger(RecoveryPipeline.class);

    /** Maximum number of attempts to distinguish a node that applies messages from one that misses some. */
    private static final int LOOKS = 5;

    private final Services services;
    private final StreamReader streams;
    private final Gatherer gatherer;
    private final RestorePipeline restores;
    private final HarmonyLiteRestore joins;
    private final @Nullable Streams followed;

    /** Creates a pipeline; the host may follow no streams. */
    public RecoveryPipeline(
            Services services,
            SnapshotCatalog catalog,
            @Nullable Streams streams,
            RestorePipeline restores,
            HarmonyLiteRestore joins) {
        this.services = services;
        this.followed = streams;
        this.joins = joins;
        this.streams = StreamReader.of(streams);
        this.gatherer = new Gatherer(services, catalog, this.streams);
        this.restores = restores;
    }

    /** Makes a plan. Changes nothing and takes no lock. */
    public RecoveryPlan plan(DatabasePath database, NodeState node, RecoveryOptions options) {
        Local local = gatherer.local(database, node.map(), options, () -> RestoreLock.peek(services.files(), database));
        return Planner.plan(gatherer.situation(local, options), options);
    }

    /** Makes positions and database consistent; throws if a recovery is needed before a take. */
    public void requireTakeable(DatabasePath database, NodeState node) {
        local(() -> {
            InterruptedRestoreRecovery dead = new InterruptedRestoreRecovery(services, database, node);
            RestoreLock.recover(services.files(), database, services.connector(), dead);
            return true;
        });
        MapControl map = node.map();
        if (map == null) {
            return;
        }
        Local local = look(database, map);
        for (int looks = 1;
                local.database() != DatabaseState.MISSING && local.database() != DatabaseState.DAMAGED;
                looks++) {
            reconcile(local, map);
            RecoveryPlan plan =
                    Planner.plan(gatherer.situation(local, RecoveryOptions.defaults()), RecoveryOptions.defaults());
            Optional<SnapshotException> obstacle =
                    obstacle(plan, local.reconciliation().doubt());
            if (obstacle.isEmpty()) {
                return;
            }
            Local now = look(database, map);
            if (looks == LOOKS || now.map().positions().equals(local.map().positions())) {
                throw obstacle.get();
            }
            local = now; // The stream was read after the positions, and may have dropped messages applied in between.
        }
        // A missing or damaged database is rejected by the capture.
    }

    /** Returns whether the database exists and is the one that the node's map describes; asks no stream. */
    public boolean isMapOfDatabase(DatabasePath database, NodeState node) {
        MapControl map = node.map();
        if (map == null) {
            return false;
        }
        Local local = look(database, map);
        return (local.database() == DatabaseState.WITH_ROWS || local.database() == DatabaseState.WITHOUT_ROWS)
                && local.reconciliation().doubt() == null
                && local.reconciliation().set() == null;
    }

    /** Throws if HarmonyLite cannot be started on the database and its map. Reads no snapshot and changes nothing. */
    public HandoverReport handover(DatabasePath database, NodeState node) {
        MapControl map = node.map();
        if (map == null || map.isInDatabase() || streams.names().isEmpty()) {
            throw new SnapshotConfigurationException("HarmonyLite reads its positions from a file; to hand " + database
                    + " over, configure a FileSequenceMap and streams in the manager's builder");
        }
        Local local = gatherer.local(
                database, map, RecoveryOptions.defaults(), () -> RestoreLock.peek(services.files(), database));
        if (local.database() == DatabaseState.MISSING) {
            throw new DatabaseNotFoundException(
                    "no database at " + database + ", so none can be handed over; recover it");
        }
        RecoverySituation situation = gatherer.situation(local, RecoveryOptions.defaults(), List.of());
        return Handover.check(database, Planner.plan(situation, RecoveryOptions.defaults()), services.connector());
    }

    private Local look(DatabasePath database, MapControl map) {
        return gatherer.localForTake(database, map);
    }

    private static Optional<SnapshotException> obstacle(RecoveryPlan plan, @Nullable Doubt doubt) {
        if (plan instanceof RecoveryPlan.Stop stop) {
            return Optional.of(stop.exception());
        }
        if (plan instanceof RecoveryPlan.Restore) {
            return Optional.of(new StreamGapException(
                    "a snapshot cannot be taken, because the database must be recovered first: " + plan.reason(),
                    plan));
        }
        boolean ignored = doubt != null
                && (doubt.cause() != Cause.RESTORED_AS_RECORDED
                        || !plan.streams().isEmpty());
        return ignored
                ? Optional.of(new PositionsLostException(
                        "a snapshot cannot be taken, because the sequence map does not describe the database; recover"
                                + " first: " + plan.reason(),
                        plan))
                : Optional.empty();
    }

    /** Returns the latest snapshot that covers the streams, if there is one. */
    public Set<SnapshotId> covering(List<SnapshotInfo> snapshots) {
        RecoverySituation situation = gatherer.situation(snapshots);
        return situation.streams().isEmpty()
                ? Set.of()
                : situation.latest(situation.covering()).map(SnapshotInfo::id).stream()
                        .collect(Collectors.toSet());
    }

    /** Gathers the facts about some snapshots from the streams, without a node. */
    public RecoverySituation situation(List<SnapshotInfo> snapshots) {
        return gatherer.situation(snapshots);
    }

    /** Returns the server timestamp of a message; empty if no followed stream holds it. */
    public Optional<Instant> timestampAt(String stream, long sequence) {
        return streams.timestampAt(stream, sequence);
    }

    /** Returns the facts about each stream; empty if the host follows none. */
    public SortedMap<String, StreamFacts> streams() {
        return streams.existing();
    }

    /** Makes a plan, carries it out, and sets the map to the positions of the database. Durable on return. */
    public RecoveryReport run(DatabasePath database, NodeState node, RecoveryOptions options) {
        InterruptedRestoreRecovery dead = new InterruptedRestoreRecovery(services, database, node);
        return local(() -> {
            try (RestoreLock lock = RestoreLock.acquire(services.files(), database, services.connector(), dead)) {
                services.scratch().sweepFor(database.file());
                return new Run(database, node, options, lock).run();
            }
        });
    }

    private static void reconcile(Local local, MapControl map) {
        Origin origin = local.reconciliation().set();
        if (origin != null) {
            if (map.isInDatabase()) {
                map.put(origin.positions());
            } else {
                map.reconcile(origin.positions(), origin.restoreId());
            }
            LOG.warn(
                    "The database was restored without its sequence map; the map is set to {} from snapshot {}",
                    origin.positions(),
                    origin.snapshotId());
        }
    }

    private static <T> T local(IOSupplier<T> action) {
        try {
            return action.get();
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /** One recovery, under the lock of its database. */
    private final class Run {

        private final DatabasePath database;
        private final NodeState node;
        private final RecoveryOptions options;
        private final RestoreLock lock;
        private final long start = System.nanoTime();
        private final TreeMap<SnapshotId, SnapshotException> damaged = new TreeMap<>();

        Run(DatabasePath database, NodeState node, RecoveryOptions options, RestoreLock lock) {
            this.database = database;
            this.node = node;
            this.options = options;
            this.lock = lock;
        }

        RecoveryReport run() throws IOException {
            Local local = gatherer.local(database, node.map(), options, Optional::empty);
            MapControl map = node.map();
            if (map != null) {
                reconcile(local, map);
                map.settled();
            }
            try {
                return RetryOnRetired.run(() -> act(local));
            } catch (SnapshotNotFoundException e) {
                throw stopping(retiredEachTime(e));
            }
        }

        /** Decides by the present contents of the store, without damaged snapshots, and carries the plan out. */
        private RecoveryReport act(Local local) throws IOException {
            RecoverySituation situation = gatherer.situation(local, options);
            while (true) {
                RecoveryPlan.Proceed plan = decide(situation.without(damaged.keySet()));
                if (plan instanceof RecoveryPlan.RestoreHarmonyLite join) {
                    return join(join);
                }
                if (!(plan instanceof RecoveryPlan.Restore restore)) {
                    new PositionUpdate(services, database, lock, node.map()).settle(local, plan);
                    return report(plan, Optional.empty());
                }
                Optional<RestoreReport> restored = restore(restore);
                if (restored.isPresent()) {
                    return report(plan, restored);
                }
            }
        }

        private RecoveryPlan.Proceed decide(RecoverySituation situation) {
            RecoveryPlan plan = Planner.plan(situation, options);
            LOG.debug("{} of {}: {}", plan.outcome(), database, plan.reason());
            if (plan instanceof RecoveryPlan.Proceed proceed) {
                return proceed;
            }
            throw stopping(((RecoveryPlan.Stop) plan).exception());
        }

        private RecoveryReport report(RecoveryPlan.Proceed plan, Optional<RestoreReport> restored) {
            return report(plan, restored, Optional.empty());
        }

        private RecoveryReport report(
                RecoveryPlan.Proceed plan, Optional<RestoreReport> restored, Optional<MessageSpool> spool) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            return new RecoveryReport(plan, restored, plan.resume(), damaged, spool, elapsed);
        }

        private RecoveryReport join(RecoveryPlan.RestoreHarmonyLite plan) throws IOException {
            Streams streams = Objects.requireNonNull(followed, "a plan of streams has streams");
            FromHarmonyLite from = options.harmonyLiteSnapshot().orElseThrow();
            HarmonyLiteJoin.Joined joined = new HarmonyLiteJoin(services, streams, joins, database, node, lock)
                    .run(plan, from, this::withOptions);
            return report(joined.plan(), Optional.of(joined.restored()), Optional.of(joined.spool()));
        }

        private SnapshotException stopping(SnapshotException exception) {
            damaged.values().forEach(exception::addSuppressed);
            return exception;
        }

        private SnapshotException retiredEachTime(SnapshotNotFoundException last) {
            SnapshotException each = new SnapshotNotFoundException(
                    database + " was not recovered, and nothing was changed: each of " + RetryOnRetired.CHOICES
                            + " chosen snapshots was retired before it was restored; keep more snapshots, or keep them"
                            + " longer, and recover again: " + last.getMessage(),
                    last);
            last.snapshot().ifPresent(id -> ExceptionAccess.setSnapshot(each, id));
            return each;
        }

        private RestoreRequest request(SnapshotId id) {
            RestoreRequest chosen = RestoreRequest.of(id);
            RestoreRequest request = withOptions(chosen);
            if (!request.id().equals(chosen.id())) {
                throw new IllegalArgumentException("the restore options changed the snapshot that recovery chose, " + id
                        + "; keep the id of the request");
            }
            return request;
        }

        private RestoreRequest withOptions(RestoreRequest chosen) {
            return options.restoreOptions().apply(options.isDamagedReplaced() ? chosen.replaceDamaged() : chosen);
        }

        /** Restores the snapshot. Returns empty if it is damaged; then the decision must be repeated without it. */
        private Optional<RestoreReport> restore(RecoveryPlan.Restore plan) {
            SnapshotId id = plan.snapshot().id();
            try {
                RestoreRequest request = request(id);
                return Optional.of(restores.run(request, database, node, lock, plan.resume()));
            } catch (CorruptSnapshotException e) {
                LOG.warn("Snapshot {} is damaged and skipped", id, e);
                damaged.put(id, e);
                return Optional.empty();
            }
        }
    }
}
