package io.harmonylite.snapshot.examples.tool;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

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

    @ArgGroup(exclusive = false, heading = "%nSlowing down:%n")
    private PaceOptions pace = new PaceOptions();

    /** It is never created. */
    void requireThere() {
        if (!Files.exists(database)) {
            throw new DatabaseNotFoundException("there is no database at " + database + "; it is never created");
        }
    }

    /** Begins to build a manager of it. */
    SnapshotManager.Builder builder(NameOption name, SnapshotStore opened) {
        SnapshotManager.Builder builder =
                SnapshotManager.builder(name.toString(), database, opened).node(node.text());
        pace.applyTo(builder);
        return builder;
    }
}
