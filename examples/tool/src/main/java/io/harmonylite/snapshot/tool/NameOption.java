package io.harmonylite.snapshot.tool;

import picocli.CommandLine.Option;

/** Whose snapshots. */
@SuppressWarnings("NullAway.Init") // The option is required.
final class NameOption {

    @Option(
            names = "--name",
            required = true,
            paramLabel = "NAME",
            description = "What the database's snapshots are called in the store. One name, one database.")
    private SnapshotName name;

    /** The name. */
    @Override
    public String toString() {
        return name.text();
    }
}
