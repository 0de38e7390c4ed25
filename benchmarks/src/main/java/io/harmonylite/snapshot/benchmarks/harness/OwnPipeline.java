package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Takes and restores of this library on the file-system store, and how long each of their stages took. */
final class OwnPipeline {

    static final String TAKE_NEVER = "take, compact NEVER";
    static final String TAKE_ALWAYS = "take, compact ALWAYS";
    static final String RESTORE_SWAP = "restore by swap, verified";
    static final String RESTORE_DELTA = "restore by swap onto the same database";
    static final String RESTORE_ONLINE = "restore online, verified";

    private static final String NAME = "benchmark";

    private OwnPipeline() {}

    static List<Operation> all() {
        return List.of(
                new Take(TAKE_NEVER, Compaction.NEVER),
                new Take(TAKE_ALWAYS, Compaction.ALWAYS),
                new Restore(RESTORE_SWAP, workspace -> {}, RestoreRequest.latest()),
                new Restore(RESTORE_DELTA, OriginalPipeline::prepareTarget, RestoreRequest.latest()),
                new Restore(
                        RESTORE_ONLINE,
                        OriginalPipeline::prepareTarget,
                        RestoreRequest.latest().online(WriteBarrier.noWriters())));
    }

    static Map<String, Double> take(Path database, Path storeDirectory, Path scratch, Compaction compaction)
            throws IOException {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(storeDirectory)) {
            return take(database, store, scratch, compaction);
        }
    }

    static Map<String, Double> take(Path database, SnapshotStore store, Path scratch, Compaction compaction) {
        StageTimes stages = new StageTimes();
        try (SnapshotManager manager = SnapshotManager.builder(NAME, database, store)
                .scratchDirectory(scratch)
                .compaction(compaction)
                .parallelism(Runtime.getRuntime().availableProcessors())
                .listener(stages)
                .build()) {
            manager.take();
            return stages.figures();
        }
    }

    static Map<String, Double> restore(Path target, SnapshotStore store, RestoreRequest request) {
        StageTimes stages = new StageTimes();
        try (SnapshotManager manager =
                SnapshotManager.builder(NAME, target, store).listener(stages).build()) {
            manager.restore(request);
            return stages.figures();
        }
    }

    private record Take(String name, Compaction compaction) implements Operation {

        @Override
        public Group group() {
            return Group.OURS;
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws IOException {
            return take(workspace.database(), workspace.store(), workspace.scratch(), compaction);
        }
    }

    private record Restore(String name, Operations.Step target, RestoreRequest request) implements Operation {

        @Override
        public Group group() {
            return Group.OURS;
        }

        @Override
        public void prepare(Workspace workspace) throws Exception {
            target.run(workspace);
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws IOException {
            try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(workspace.preparedStore())) {
                return restore(workspace.target(), store, request);
            }
        }
    }
}
