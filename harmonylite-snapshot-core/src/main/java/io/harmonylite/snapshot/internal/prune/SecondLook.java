package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreLayout;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks up by name each manifest whose packs, markers and pins could be removed because no listing contains it, in case
 * a listing is not complete (store guarantee S7).
 */
final class SecondLook {

    private final SnapshotCatalog catalog;
    private final Duration grace;

    SecondLook(SnapshotCatalog catalog, Duration grace) {
        this.catalog = catalog;
        this.grace = grace;
    }

    /** Returns the manifests that exist although the survey did not find them. */
    List<FoundManifest> at(Survey survey) throws IOException {
        List<FoundManifest> overlooked = new ArrayList<>();
        for (SnapshotId id : withoutManifest(survey)) {
            Interruption.check();
            find(id).ifPresent(object -> overlooked.add(notListed(id, object)));
        }
        return overlooked;
    }

    private Set<SnapshotId> withoutManifest(Survey survey) {
        StoreLayout layout = catalog.layout();
        SweepPlan plan = SweepPlan.of(survey, survey.longest(grace));
        Set<SnapshotId> ids = new TreeSet<>();
        for (ObjectInfo pack : plan.packs()) {
            layout.packIn(pack.name()).ifPresent(name -> ids.add(name.writer()));
        }
        for (ObjectInfo object : plan.rest()) {
            layout.markedBy(object.name())
                    .or(() -> layout.pinnedBy(object.name()))
                    .ifPresent(ids::add);
        }
        ids.removeAll(survey.manifests().keySet());
        return ids;
    }

    private Optional<ObjectInfo> find(SnapshotId id) throws IOException {
        try {
            return Optional.of(catalog.store().stat(catalog.layout().manifest(id)));
        } catch (NoSuchObjectException e) {
            return Optional.empty(); // The listing was right.
        }
    }

    private static FoundManifest notListed(SnapshotId id, ObjectInfo object) {
        StoreUnavailableException problem = new StoreUnavailableException("the store's listing of manifests is"
                + " incomplete, so nothing was removed: it lacks " + object.name() + ", which exists; prune again");
        ExceptionAccess.setSnapshot(problem, id);
        return new FoundManifest(
                id, object, Optional.empty(), ManifestStatus.UNREADABLE, Set.of(), Optional.of(problem));
    }
}
