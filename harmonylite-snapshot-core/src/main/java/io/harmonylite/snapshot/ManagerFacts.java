package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.health.NodeFacts;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a health asks of a manager's node. Thread-safe.
 *
 * @param parts the manager's
 * @param watching its loop
 */
record ManagerFacts(ManagerParts parts, Watching watching) implements NodeFacts {

    @Override
    public boolean isRestoring() {
        return parts.node().isRestoring();
    }

    @Override
    public @Nullable Positions positions() {
        return parts.node().positions(parts.node().path());
    }

    @Override
    public RecoveryPlan plan() {
        DatabasePath path = parts.node().path();
        return parts.recoveries().plan(path, parts.node().state(path), RecoveryOptions.defaults());
    }

    @Override
    public WatchStatus watch() {
        return watching.status();
    }

    @Override
    public List<OperationOutcome> failures() {
        return parts.outcomes().failures();
    }
}
