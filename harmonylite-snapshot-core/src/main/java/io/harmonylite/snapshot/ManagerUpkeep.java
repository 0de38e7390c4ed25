package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Prunes and trims as a manager's options say. Thread-safe. */
final class ManagerUpkeep {

    private final SnapshotRepository repository;
    private final LiveNode node;
    private final RecoveryPipeline recoveries;
    private final @Nullable RetentionPolicy retention;
    private final Duration grace;
    private final @Nullable Streams streams;
    private final @Nullable TrimPolicy trimming;

    ManagerUpkeep(ManagerOptions options, ManagerParts parts) {
        this.repository = parts.repository();
        this.node = parts.node();
        this.recoveries = parts.recoveries();
        this.retention = options.retention;
        this.grace = options.grace;
        this.streams = options.streams;
        this.trimming = options.trimming;
    }

    boolean prunes() {
        return retention != null;
    }

    boolean trims() {
        return trimming != null;
    }

    PruneReport prune() {
        if (retention == null) {
            throw new SnapshotConfigurationException(
                    "no retention is configured, so nothing says what to keep; give the manager's builder one");
        }
        return repository.prune(PruneRequest.retain(retention).gracePeriod(grace), recoveries::covering);
    }

    TrimReport trim() {
        if (trimming == null) {
            throw new SnapshotConfigurationException(
                    "trimming is off: nothing says what may be removed; give the manager's builder a policy");
        }
        return trim(trimming);
    }

    TrimReport trim(TrimPolicy policy) {
        node.requireOpen();
        if (streams == null) {
            throw new SnapshotConfigurationException(
                    "no streams are configured, so there is nothing to trim; give the manager's builder its streams");
        }
        return repository.trim(streams, policy, run -> {
            DatabasePath path = node.path();
            return run.run(node.positions(path), path);
        });
    }
}
