package io.harmonylite.snapshot;

import java.io.IOException;
import java.nio.file.Files;

/** All that a manager does with a store, on a node and a store as {@link NodeTemplate} makes them. */
enum StoreOperation {
    TAKE {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.take();
        }
    },
    LIST {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.list();
        }
    },
    VERIFY {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.verify(template.latest, VerifyDepth.REBUILD);
        }
    },
    RESTORE {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.restore(RestoreRequest.latest());
        }
    },
    RESTORE_ONLINE {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        }
    },
    RECOVER {
        @Override
        void prepare(Replica node) throws IOException {
            Files.delete(node.database);
        }

        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.recover();
        }
    },
    PROVE {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.drill();
        }
    },
    PRUNE {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.prune();
        }
    },
    PIN {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.repository().pin(template.older);
        }
    },
    UNPIN {
        @Override
        void run(NodeTemplate template, SnapshotManager manager) {
            manager.repository().unpin(template.older);
        }
    };

    /** Runs it; retention keeps one. */
    abstract void run(NodeTemplate template, SnapshotManager manager);

    /** Whether the database may be another one afterwards. */
    boolean isRestoring() {
        return this == RESTORE || this == RESTORE_ONLINE || this == RECOVER;
    }

    /** Makes the node what it is for. */
    void prepare(Replica node) throws IOException {}
}
