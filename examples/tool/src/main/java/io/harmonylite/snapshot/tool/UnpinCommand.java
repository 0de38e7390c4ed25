package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import picocli.CommandLine.Command;

/** Unpins a snapshot. */
@Command(
        name = "unpin",
        description =
                "Removes all pins of a snapshot, so that prunes may retire it. The status is 0 even if it had none.",
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool unpin --store file:/backup --name orders "
                + "--id 20261124T093000123Z-node_1-0123456789abcdef")
final class UnpinCommand extends PinningCommand {

    @Override
    Outcome change(SnapshotRepository repository, SnapshotId snapshot) {
        repository.unpin(snapshot);
        return Outcome.UNPINNED;
    }
}
