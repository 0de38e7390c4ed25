package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import picocli.CommandLine.Command;

/** Pins a snapshot. */
@Command(
        name = "pin",
        description = "Pins a snapshot: no prune retires it until it is unpinned.",
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool pin --store file:/backup --name orders --id"
                + " 20261124T093000123Z-node_1-0123456789abcdef")
final class PinCommand extends PinningCommand {

    @Override
    Outcome change(SnapshotRepository repository, SnapshotId snapshot) {
        repository.pin(snapshot);
        return Outcome.PINNED;
    }
}
