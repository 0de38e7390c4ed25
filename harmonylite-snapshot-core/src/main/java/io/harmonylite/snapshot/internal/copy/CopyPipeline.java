package io.harmonylite.snapshot.internal.copy;

import io.harmonylite.snapshot.CopyReport;
import io.harmonylite.snapshot.CopyRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.Pins;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Copies snapshots from one store to another, the latest first. Used for one run, by one thread. */
public final class CopyPipeline {

    private final Services services;
    private final SnapshotCatalog source;
    private final SnapshotCatalog target;
    private final CopyRequest request;
    private final StoreClock clock;
    private final SnapshotCopy copy;
    private final List<SnapshotId> copied = new ArrayList<>();
    private final List<SnapshotId> present = new ArrayList<>();
    private final List<SnapshotId> retired = new ArrayList<>();
    private final TreeMap<SnapshotId, SnapshotException> problems = new TreeMap<>();
    private @Nullable TargetListing listing;

    /** Creates a pipeline between the stores of two catalogs of the same name. */
    public CopyPipeline(Services services, SnapshotCatalog source, SnapshotCatalog target, CopyRequest request) {
        this.services = services;
        this.source = source;
        this.request = request;
        this.target = request.uploadBytesPerSecond().isEmpty()
                ? target
                : target.throttled(Throttle.of(request.uploadBytesPerSecond().getAsLong()), null);
        this.clock = new StoreClock(services, target);
        this.copy = new SnapshotCopy(services, source, this.target);
    }

    /** Runs the copy. What was copied before a failure stays, and is not transferred again. */
    public CopyReport run() {
        long start = System.nanoTime();
        List<SnapshotInfo> chosen = services.stages().run(Stage.SELECT, this::select);
        Set<SnapshotId> pinned = new Pins(source).pinned();
        Set<SnapshotId> pinnedThere = new Pins(target).pinned();
        for (SnapshotInfo snapshot : chosen) {
            SnapshotId id = snapshot.id();
            try {
                copy(snapshot, pinned.contains(id), pinnedThere.contains(id));
            } catch (CorruptSnapshotException e) {
                problem(id, source.damagedOrGone(id, e));
            } catch (SnapshotConfigurationException
                    | SnapshotInProgressException
                    | SnapshotNotFoundException
                    | UnsupportedFormatException e) {
                problem(id, e);
            } catch (SnapshotException e) {
                ExceptionAccess.setSnapshot(e, id);
                throw e;
            }
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new CopyReport(
                List.copyOf(copied),
                List.copyOf(present),
                List.copyOf(retired),
                problems,
                copy.packs(),
                copy.bytes(),
                copy.bytesPresent(),
                elapsed);
    }

    /** Throws the problem if one snapshot was requested, or if it concerns all of them. */
    private void problem(SnapshotId id, SnapshotException problem) {
        ExceptionAccess.setSnapshot(problem, id);
        boolean isOfTheStore = problem.getCause() instanceof StoreAccessException
                || problem.getCause() instanceof ContainerMissingException;
        if (request.id().isPresent() || isOfTheStore) {
            throw problem;
        }
        problems.put(id, problem);
    }

    private List<SnapshotInfo> select() {
        if (StoreFailures.calling(() -> clock.isShared(source))) {
            throw new SnapshotConfigurationException(
                    "source and target are the same store; choose another target for the copy");
        }
        SnapshotListing found = source.list();
        if (request.id().isPresent()) {
            return List.of(byId(request.id().get(), found));
        }
        problems.putAll(found.unreadable());
        return SnapshotOrder.latestFirst(found.snapshots()).stream()
                .limit(request.latest().orElse(Integer.MAX_VALUE))
                .toList();
    }

    private SnapshotInfo byId(SnapshotId id, SnapshotListing found) {
        return found.snapshots().stream()
                .filter(snapshot -> snapshot.id().equals(id))
                .findFirst()
                .orElseThrow(() -> {
                    source.read(id); // Throws if it does not exist, is retired, or cannot be read.
                    SnapshotException late = new SnapshotConfigurationException("snapshot " + id + " is not copied: "
                            + found.doubts().get(id));
                    ExceptionAccess.setSnapshot(late, id);
                    return late;
                });
    }

    private void copy(SnapshotInfo snapshot, boolean isPinned, boolean isPinnedThere) {
        SnapshotId id = snapshot.id();
        TargetListing current = listing();
        if (current.counts(id)) {
            if (isPinned && !isPinnedThere) {
                new Pins(target).pin(id, services.randomName());
            }
            present.add(id);
        } else if (current.isRetired(id)) {
            retired(id);
        } else {
            current.requireAbsent(id);
            copy.run(snapshot, isPinned, current);
            copied.add(id);
        }
    }

    private void retired(SnapshotId id) {
        if (request.id().isPresent()) {
            throw new SnapshotConfigurationException("snapshot " + id
                    + " was retired in the target. It can be copied again when prunes have removed it there");
        }
        retired.add(id);
    }

    /** Lists the target again if the time of the last listing is half over. */
    private TargetListing listing() {
        TargetListing current = listing;
        if (current == null || current.isOld()) {
            current = services.stages()
                    .run(
                            Stage.SELECT,
                            () -> StoreFailures.calling(() -> new TargetListing(target, clock, request.gracePeriod())));
            listing = current;
        }
        return current;
    }
}
