package io.harmonylite.snapshot.examples.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets a snapshot be retired again. */
@Command(
        name = "unpin",
        description = "Removes all pins of a snapshot, so that it is kept as long as others are; none: status 0.",
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool unpin --store file:/backup --name orders "
                + "--id 20261124T093000123Z-node_1-0123456789abcdef")
@SuppressWarnings("NullAway.Init") // What is required is set.
final class UnpinCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The snapshot.")
    private SnapshotId id;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        try (SnapshotStore opened = store.open()) {
            SnapshotRepository.of(name.toString(), opened).unpin(id);
            output.result(PinCommand.document(name, id, false), List.of("Unpinned " + id));
        }
        return ExitStatus.DONE.code();
    }
}
