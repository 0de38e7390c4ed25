package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.crash.CrashNode.Kind;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files that each work begins with. Immutable after construction. */
final class CrashWorld {

    private static final int RETIRED = 0;
    private static final int PLAIN = 1;
    private static final int PINNED = 2;
    private static final int LATEST = 3;

    private final Map<String, Tree> starts = new HashMap<>();
    private final List<SnapshotId> snapshots = new ArrayList<>();
    private final Tree store;

    /** Prepares the files in an empty directory, which is not needed afterwards. */
    CrashWorld(Path directory) throws Exception {
        this.store = takeSnapshots(Files.createDirectory(directory.resolve("peer")));
        for (CrashWork work : CrashWork.values()) {
            if (!starts.containsKey(key(work))) {
                starts.put(key(work), prepare(Files.createDirectory(directory.resolve(key(work))), work));
            }
        }
    }

    private static String key(CrashWork work) {
        return work.kind + "-" + work.before;
    }

    private Tree takeSnapshots(Path peer) throws Exception {
        FileSystemSnapshotStore.create(peer.resolve("store")).close();
        try (CrashNode node = CrashNode.unsynced(peer, Kind.FILE).withAllMessages()) {
            node.createTables();
            for (long position : List.of(41, 43, 45, 50)) {
                apply(node, position);
                snapshots.add(node.manager().take().id());
            }
            node.manager().repository().pin(snapshots.get(PINNED));
            node.manager().repository().prune(PruneRequest.retire(snapshots.get(RETIRED)));
            SnapshotId gone = SnapshotId.of(Instant.EPOCH, "gone", 1);
            node.store().putIfAbsent("orders/packs/" + gone + "-000000", ObjectSource.of(new byte[100]));
        }
        return new Tree(new TreeReader(peer).read().entries().subMap("store", "store0"));
    }

    private static void apply(CrashNode node, long last) throws Exception {
        try (Connection host = node.open()) {
            node.apply(host, last, message -> {});
        }
    }

    /** Returns the snapshots that must still be listed after a work. */
    List<SnapshotId> kept(CrashWork work) {
        return work.isPrune()
                ? List.of(snapshots.get(PINNED), snapshots.get(LATEST))
                : snapshots.subList(PLAIN, LATEST + 1);
    }

    private Tree prepare(Path path, CrashWork work) throws Exception {
        store.write(path);
        if (work.before > 0) {
            try (CrashNode node = CrashNode.unsynced(path, work.kind).withAllMessages()) {
                node.createTables();
                apply(node, work.before);
                node.manager()
                        .recover(RecoveryOptions.defaults().acceptUnboundMap()); // Binds the map, and replays nothing.
            }
        }
        return new TreeReader(path).read();
    }

    /** Creates a directory with the files that a work begins with. */
    Path begin(CrashWork work, Path directory) throws IOException {
        starts.get(key(work)).write(Files.createDirectory(directory));
        return directory;
    }
}
