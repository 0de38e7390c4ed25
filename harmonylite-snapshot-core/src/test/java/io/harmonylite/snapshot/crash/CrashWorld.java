package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.crash.CrashNode.Kind;
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

/** What works begin with, made once. For one thread. */
final class CrashWorld {

    private static final int RETIRED = 0;
    private static final int PLAIN = 1;
    private static final int PINNED = 2;
    private static final int LATEST = 3;

    private final Path directory;
    private final Map<String, Tree> starts = new HashMap<>();
    private final List<SnapshotId> snapshots = new ArrayList<>();
    private final Tree store;

    CrashWorld(Path directory) throws Exception {
        this.directory = directory;
        this.store = takeSnapshots(Files.createDirectory(directory.resolve("peer")));
    }

    private Tree takeSnapshots(Path peer) throws Exception {
        FileSystemSnapshotStore.create(peer.resolve("store")).close();
        try (CrashNode node = CrashNode.careless(peer, Kind.FILE).earlier()) {
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

    /** The snapshots that a work must leave listed. */
    List<SnapshotId> kept(CrashWork work) {
        return work.isPrune()
                ? List.of(snapshots.get(PINNED), snapshots.get(LATEST))
                : snapshots.subList(PLAIN, LATEST + 1);
    }

    /** What a work begins with. */
    Tree start(CrashWork work) throws Exception {
        String key = work.kind + "-" + work.before;
        Tree start = starts.get(key);
        if (start == null) {
            start = make(Files.createDirectory(directory.resolve(key)), work);
            starts.put(key, start);
        }
        return start;
    }

    private Tree make(Path path, CrashWork work) throws Exception {
        store.write(path);
        if (work.before > 0) {
            try (CrashNode node = CrashNode.careless(path, work.kind).earlier()) {
                node.createTables();
                apply(node, work.before);
            }
        }
        return new TreeReader(path).read();
    }

    /** A directory with what a work begins with. */
    Path begin(CrashWork work, String name) throws Exception {
        Path begun = Files.createDirectory(directory.resolve(name));
        start(work).write(begun);
        return begun;
    }

    /** A new directory with what a crash left. */
    Path make(Tree left, String name) throws IOException {
        Path made = Files.createDirectory(directory.resolve(name));
        left.write(made);
        return made;
    }
}
