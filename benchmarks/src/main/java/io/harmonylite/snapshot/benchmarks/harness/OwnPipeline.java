package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.benchmarks.harness.Operation.Group;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Path;
import java.util.List;

/** Takes and restores of this library on the file-system store. */
final class OwnPipeline {

    static final String TAKE_NEVER = "take, compact NEVER";
    static final String TAKE_ALWAYS = "take, compact ALWAYS";
    static final String RESTORE_SWAP = "restore by swap, verified";

    private OwnPipeline() {}

    static List<Operation> all() {
        return List.of(
                Operations.of(TAKE_NEVER, Group.OURS, workspace -> take(workspace, Compaction.NEVER)),
                Operations.of(TAKE_ALWAYS, Group.OURS, workspace -> take(workspace, Compaction.ALWAYS)),
                Operations.of(RESTORE_SWAP, Group.OURS, OriginalPipeline::prepareTarget, OwnPipeline::restoreBySwap));
    }

    static void take(Workspace workspace, Compaction compaction) throws Exception {
        take(workspace.database(), workspace.store(), workspace.scratch(), compaction);
    }

    static void take(Path database, Path storeDirectory, Path scratch, Compaction compaction) throws Exception {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(storeDirectory);
                SnapshotManager manager = SnapshotManager.builder("benchmark", database, store)
                        .scratchDirectory(scratch)
                        .compaction(compaction)
                        .build()) {
            manager.take();
        }
    }

    private static void restoreBySwap(Workspace workspace) throws Exception {
        restore(workspace, RestoreRequest.latest());
    }

    static void restore(Workspace workspace, RestoreRequest request) throws Exception {
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(workspace.preparedStore());
                SnapshotManager manager = SnapshotManager.builder("benchmark", workspace.target(), store)
                        .build()) {
            manager.restore(request);
        }
    }
}
