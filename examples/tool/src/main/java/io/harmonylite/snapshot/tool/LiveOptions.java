package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A live database, and how snapshots of it are taken. */
@SuppressWarnings("NullAway.Init") // Options are required or have a default.
final class LiveOptions {

    @Option(
            names = "--database",
            required = true,
            paramLabel = "DB",
            description = "Live SQLite database. It is read only through SQLite.")
    private Path database;

    @Option(
            names = "--node",
            paramLabel = "ID",
            defaultValue = "node",
            description = "Name of this node, part of the snapshot ids; default: ${DEFAULT-VALUE}.")
    private NodeName node;

    @Option(
            names = "--publish-timeout",
            paramLabel = "DURATION",
            description =
                    "How long a take waits for HarmonyLite to publish the changes in its change logs before it fails; "
                            + "default: 30s.")
    private @Nullable Duration timeout;

    @Option(
            names = "--record-pending",
            description = "Take the snapshot even after that timeout. Pending changes are then in the snapshot, and are"
                    + " applied again after a restore, when their messages arrive.")
    private boolean pending;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description =
                    "Directory for the copy, with space for the database, twice if it is compacted; default: that of"
                            + " the database. Needed if the database is on a read-only volume.")
    private @Nullable Path scratch;

    @ArgGroup(exclusive = false, heading = "%nRates:%n")
    private RateOptions rates = new RateOptions();

    Path database() {
        return database;
    }

    /** Throws if no snapshot can be taken with these options. */
    void check(CommandLine command) {
        if (timeout != null && timeout.isNegative()) {
            throw new ParameterException(command, "--publish-timeout is negative: " + timeout + "; give 0s or more");
        }
        if (scratch != null && !Files.isDirectory(scratch)) {
            throw new ParameterException(command, "--scratch " + scratch + " is not a directory; create it");
        }
        if (!Files.exists(database)) {
            throw new DatabaseNotFoundException(
                    "no database at " + database + ", and a take creates none; check --database");
        }
    }

    /** Starts a manager of the database. A take waits only if the database has HarmonyLite's change logs. */
    SnapshotManager.Builder builder(NameOption name, StoreOptions store, SnapshotStore opened) throws IOException {
        SnapshotManager.Builder builder = store.manager(name.toString(), database, opened)
                .node(node.text())
                .pendingChanges(HarmonyLiteChanges.create());
        rates.applyTo(builder);
        if (scratch != null) {
            builder.scratchDirectory(scratch);
        }
        if (timeout != null) {
            builder.publishTimeout(timeout);
        }
        return pending ? builder.recordPendingChanges() : builder;
    }
}
