package io.harmonylite.snapshot.tool;

import picocli.CommandLine.Option;

/** The name of the snapshots. */
@SuppressWarnings("NullAway.Init") // The option is required.
final class NameOption {

    @Option(
            names = "--name",
            required = true,
            paramLabel = "NAME",
            description = "Name of the database's snapshots in the store. Each database has a name of its own.")
    private SnapshotName name;

    /** Returns the name. */
    @Override
    public String toString() {
        return name.text();
    }
}
