package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import picocli.CommandLine.Command;

/** Keeps a snapshot from being retired. */
@Command(
        name = "pin",
        description = "Keeps a snapshot, whatever is pruned, until it is unpinned.",
        footerHeading = "%nExample:%n",
        footer =
                "  snapshot-tool pin --store file:/backup --name orders --id 20261124T093000123Z-node_1-0123456789abcdef")
final class PinCommand extends PinningCommand {

    @Override
    Outcome change(SnapshotRepository repository, SnapshotId snapshot) {
        repository.pin(snapshot);
        return Outcome.PINNED;
    }
}
