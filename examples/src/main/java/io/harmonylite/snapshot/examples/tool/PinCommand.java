package io.harmonylite.snapshot.examples.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps a snapshot from being retired. */
@Command(
        name = "pin",
        description = "Keeps a snapshot, whatever is pruned, until it is unpinned.",
        footerHeading = "%nExample:%n",
        footer =
                "  snapshot-tool pin --store file:/backup --name orders --id 20261124T093000123Z-node_1-0123456789abcdef")
@SuppressWarnings("NullAway.Init") // What is required is set.
final class PinCommand implements Callable<Integer> {

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
            SnapshotRepository.of(name.toString(), opened).pin(id);
            output.result(document(name, id, true), List.of("Pinned " + id));
        }
        return ExitStatus.DONE.code();
    }

    /** Says whether a snapshot is pinned now. */
    static Map<String, @Nullable Object> document(NameOption name, SnapshotId id, Boolean pinned) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("id", id);
        document.put("pinned", pinned);
        return document;
    }
}
