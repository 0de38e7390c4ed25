package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retires snapshots and removes what is no longer needed. May run on several nodes at any time, at once. */
public final class PrunePipeline {

    private static final Logger LOG = LoggerFactory.getLogger(PrunePipeline.class);

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Retire retire;

    /** Creates a pipeline; {@code keepers} selects snapshots that must be kept in addition to retention. */
    public PrunePipeline(Services services, SnapshotCatalog catalog, RetentionGuard keepers) {
        this.services = services;
        this.catalog = catalog;
        this.retire = new Retire(keepers);
    }

    /** Runs a prune; durable on return. After a failure the next prune continues. */
    public PruneReport run(PruneRequest request) {
        long start = System.nanoTime();
        Survey before = services.stages().run(Stage.SURVEY, () -> survey(request));
        List<SnapshotId> retired = retire.decide(request, before);
        Survey after = request.isDryRun()
                ? before.retiring(retired)
                : services.stages().run(Stage.RETIRE, () -> retire(request, before, retired));
        SweepPlan plan = SweepPlan.of(after, after.longest(request.gracePeriod()));
        if (!request.isDryRun()) {
            services.stages().run(Stage.SWEEP, () -> sweep(plan));
        }
        return report(request, retired, after, plan, Duration.ofNanos(System.nanoTime() - start));
    }

    private Survey survey(PruneRequest request) {
        return StoreFailures.calling(() -> new Surveyor(services, catalog, request.gracePeriod()).run());
    }

    private Survey retire(PruneRequest request, Survey before, List<SnapshotId> ids) {
        for (SnapshotId id : ids) {
            Interruption.check();
            StoreFailures.running(() -> mark(id));
            LOG.debug("Retired snapshot {} of {}", id, catalog.layout().name());
        }
        boolean removedAtOnce = request.gracePeriod().isZero() && !ids.isEmpty();
        return removedAtOnce ? survey(request) : before.retiring(ids);
    }

    private void mark(SnapshotId id) throws IOException {
        try {
            catalog.store().putIfAbsent(catalog.layout().retired(id), ObjectSource.of(new byte[0]));
        } catch (ObjectExistsException e) {
            // Another prune retired the same snapshot; its marker serves as well.
            LOG.debug("Snapshot {} was already retired by another prune", id);
        }
    }

    /** Removes manifests before packs, so that every visible snapshot stays complete; markers after their manifests. */
    private void sweep(SweepPlan plan) {
        for (List<ObjectInfo> objects : List.of(plan.manifests(), plan.packs(), plan.rest())) {
            Interruption.check();
            StoreFailures.running(() -> catalog.store().deleteAll(unchanged(objects)));
        }
        plan.removed()
                .forEach(id -> LOG.debug(
                        "Removed snapshot {} of {}", id, catalog.layout().name()));
    }

    /** Returns the names of objects that are those of the survey: a copy may have stored one again since. */
    private List<String> unchanged(List<ObjectInfo> objects) throws IOException {
        Set<ObjectInfo> present = new HashSet<>();
        for (String folder : objects.stream()
                .map(object -> object.name().substring(0, object.name().lastIndexOf('/') + 1))
                .collect(Collectors.toSet())) {
            present.addAll(catalog.store().list(folder));
        }
        return objects.stream().filter(present::contains).map(ObjectInfo::name).toList();
    }

    private static PruneReport report(
            PruneRequest request, List<SnapshotId> retired, Survey after, SweepPlan plan, Duration elapsed) {
        return new PruneReport(
                request.isDryRun(),
                retired,
                plan.removed(),
                plan.orphans(),
                plan.bytes(),
                plan.waiting(),
                plan.bytesWaiting(),
                after.problems(ManifestStatus.INCOMPLETE),
                after.problems(ManifestStatus.UNREADABLE),
                after.doubts(),
                elapsed);
    }
}
