package io.harmonylite.snapshot;

import java.io.IOException;
import java.nio.file.Files;

/** The operations of a manager that use the store, run on a copy of a {@link NodeTemplate}. */
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

    /** Runs the operation; the manager keeps one snapshot. */
    abstract void run(NodeTemplate template, SnapshotManager manager);

    /** Returns whether the operation may replace the database. */
    boolean isRestoring() {
        return this == RESTORE || this == RESTORE_ONLINE || this == RECOVER;
    }

    /** Prepares the node for the operation. */
    void prepare(Replica node) throws IOException {}
}
