package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that pins or unpins one snapshot. */
@SuppressWarnings("NullAway.Init") // Required options are set.
abstract class PinningCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The snapshot.")
    private SnapshotId id;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /** The state after the command. */
    enum Outcome {
        PINNED("Pinned "),
        UNPINNED("Unpinned ");

        private final String done;

        Outcome(String done) {
            this.done = done;
        }
    }

    /** Changes the pins of the snapshot. */
    abstract Outcome change(SnapshotRepository repository, SnapshotId snapshot);

    @Override
    public final Integer call() throws IOException {
        try (SnapshotStore opened = store.open()) {
            Outcome outcome = change(store.repository(name.toString(), opened).build(), id);
            output.result(document(outcome), List.of(outcome.done + id));
        }
        return ExitStatus.DONE.code();
    }

    private Map<String, @Nullable Object> document(Outcome outcome) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("id", id);
        document.put("pinned", outcome == Outcome.PINNED);
        return document;
    }
}
