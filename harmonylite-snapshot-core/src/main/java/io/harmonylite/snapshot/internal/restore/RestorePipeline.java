package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.InstallMethod;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.restore.RestoreRun.Restored;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SchemaGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores snapshots onto a path. The old database stays untouched until the new one is staged, verified and durable.
 */
public final class RestorePipeline {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePipeline.class);

    private final Services services;
    private final SnapshotCatalog catalog;
    private final SchemaGuard guard;

    /**
     * Creates a pipeline that reads from a catalog's store.
     *
     * @param leftOut tables that the host excludes from snapshots
     */
    public RestorePipeline(Services services, SnapshotCatalog catalog, Set<String> leftOut) {
        this.services = services;
        this.catalog = catalog;
        this.guard = new SchemaGuard(services.connector(), leftOut);
    }

    /** Restores the requested snapshot. On return it is installed and durable, and the node's map is set. */
    public RestoreReport run(RestoreRequest request, DatabasePath target, NodeState node) {
        try (RestoreLock lock = RestoreLock.acquire(
                services.files(),
                target,
                services.connector(),
                new InterruptedRestoreRecovery(services, target, node))) {
            MapControl reached = catalog.keys() == null || target.isMissingOrEmpty() ? null : node.map();
            return request.id().isPresent()
                    ? run(request, target, node, lock, null, reached)
                    : RetryOnRetired.run(() -> run(request, target, node, lock, null, reached));
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /**
     * Restores like {@link #run(RestoreRequest, DatabasePath, NodeState)}, under a lock that the caller holds.
     *
     * @param positions positions of the snapshot, if more is known than it records; null to use the recorded ones
     */
    public RestoreReport run(
            RestoreRequest request,
            DatabasePath target,
            NodeState node,
            RestoreLock lock,
            @Nullable Positions positions) {
        return run(request, target, node, lock, positions, null);
    }

    private RestoreReport run(
            RestoreRequest request,
            DatabasePath target,
            NodeState node,
            RestoreLock lock,
            @Nullable Positions positions,
            @Nullable MapControl reached) {
        long start = System.nanoTime();
        checkFits(request);
        TreeMap<SnapshotId, SnapshotException> passedOver = new TreeMap<>();
        List<SnapshotId> candidates = services.stages().run(Stage.SELECT, () -> new Select(catalog).run(request));
        String restoreId = services.randomName();
        for (SnapshotId candidate : candidates) {
            try {
                Restored restored = restore(candidate, request, target, restoreId, node, lock, positions, reached);
                Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
                return new RestoreReport(
                        restored.snapshot(),
                        target.file(),
                        request.method(),
                        restored.kept(),
                        restoreId,
                        passedOver,
                        restored.bytes().fetched(),
                        restored.bytes().reused(),
                        elapsed);
            } catch (CorruptSnapshotException e) {
                LOG.warn(
                        "Snapshot {} cannot be restored: {}",
                        candidate,
                        e.getMessage()); // The report has the exception.
                passedOver.put(candidate, catalog.damagedOrGone(candidate, e));
            }
        }
        throw allDamaged(passedOver);
    }

    private static void checkFits(RestoreRequest request) {
        if (request.method() == InstallMethod.ONLINE && request.isPreviousKept()) {
            throw new OnlineRestoreUnsupportedException(
                    "an online restore cannot keep the previous file, because it writes into"
                            + " the database itself; take a snapshot first, or restore by swap");
        }
    }

    private static SnapshotException allDamaged(SortedMap<SnapshotId, SnapshotException> passedOver) {
        SnapshotException last =
                Objects.requireNonNull(passedOver.get(passedOver.lastKey()), "the last key has a value");
        passedOver.headMap(passedOver.lastKey()).values().forEach(last::addSuppressed);
        return last;
    }

    private Restored restore(
            SnapshotId id,
            RestoreRequest request,
            DatabasePath target,
            String restoreId,
            NodeState node,
            RestoreLock lock,
            @Nullable Positions positions,
            @Nullable MapControl reached) {
        RestoreRun run = new RestoreRun(services, guard, request, target, restoreId, lock, node, positions);
        try (ScratchDirectory scratch = services.scratch().openFor(target.file(), null)) {
            Candidate snapshot = candidate(id, request);
            if (reached != null) {
                requireNotBehind(snapshot, reached.read().positions());
            }
            return run.run(snapshot, scratch);
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        } catch (SnapshotException e) {
            ExceptionAccess.setSnapshot(e, id);
            throw e;
        }
    }

    /**
     * Rejects a snapshot that is behind the map of a database with keys, because newer ones may have been removed.
     * Recovery decides by itself whether the map belongs to the database.
     */
    private static void requireNotBehind(Candidate snapshot, Positions reached) {
        List<String> behind = reached.byStream().entrySet().stream()
                .filter(stream ->
                        sequence(snapshot, stream.getKey()) < stream.getValue().sequence())
                .map(Map.Entry::getKey)
                .toList();
        boolean isFurther = snapshot.positions().byStream().entrySet().stream()
                .anyMatch(stream -> stream.getValue().sequence()
                        > reached.of(stream.getKey())
                                .map(StreamPosition::sequence)
                                .orElse(0L));
        if (!behind.isEmpty() && !isFurther) {
            throw new SnapshotConfigurationException("snapshot " + snapshot.id() + " is behind the sequence map in "
                    + behind
                    + ", and newer ones may have been removed from the store; restore it without the map if this"
                    + " is what you want");
        }
    }

    private static long sequence(Candidate snapshot, String stream) {
        return snapshot.positions().of(stream).map(StreamPosition::sequence).orElse(0L);
    }

    /**
     * Reads a candidate. A snapshot named by the host must not be retired; the latest one was checked when it was
     * chosen.
     */
    private Candidate candidate(SnapshotId id, RestoreRequest request) {
        return services.stages().run(Stage.SELECT, () -> {
            Manifest manifest = request.id().isPresent() ? catalog.read(id) : catalog.readChosen(id);
            return new StoredCandidate(services, catalog, manifest);
        });
    }
}
