package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A live database, and how it is taken from. */
@SuppressWarnings("NullAway.Init") // What is required is set, and the node has a default.
final class LiveOptions {

    @Option(
            names = "--database",
            required = true,
            paramLabel = "DB",
            description = "The live SQLite database. It is read through SQLite only.")
    private Path database;

    @Option(
            names = "--node",
            paramLabel = "ID",
            defaultValue = "node",
            description = "Who takes the snapshots, part of their ids; ${DEFAULT-VALUE} where it is not given.")
    private NodeName node;

    @Option(
            names = "--publishing-patience",
            paramLabel = "DURATION",
            description = "How long a take waits until HarmonyLite has published what its change logs hold, before it "
                    + "fails; 30s if not given.")
    private @Nullable Duration patience;

    @Option(
            names = "--record-unpublished",
            description = "Take it also where that wait was in vain. What was not published is in the snapshot, and is "
                    + "applied once more where it is restored.")
    private boolean unpublished;

    @ArgGroup(exclusive = false, heading = "%nSlowing down:%n")
    private PaceOptions pace = new PaceOptions();

    /** Refuses what could never be taken. */
    void check(CommandLine command) {
        if (patience != null && patience.isNegative()) {
            throw new ParameterException(command, "--publishing-patience is not negative: " + patience);
        }
        if (!Files.exists(database)) {
            throw new DatabaseNotFoundException("there is no database at " + database + "; it is never created");
        }
    }

    /** Begins to build a manager of it. A database without HarmonyLite's change logs has nothing to be waited for. */
    SnapshotManager.Builder builder(NameOption name, SnapshotStore opened) {
        SnapshotManager.Builder builder = SnapshotManager.builder(name.toString(), database, opened)
                .node(node.text())
                .localChanges(HarmonyLiteChanges.create());
        pace.applyTo(builder);
        if (patience != null) {
            builder.publishingPatience(patience);
        }
        return unpublished ? builder.recordUnpublished() : builder;
    }
}
