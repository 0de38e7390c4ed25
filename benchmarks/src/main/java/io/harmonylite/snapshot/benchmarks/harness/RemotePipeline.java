package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes into and restores from the stores behind the servers of this run, and how long each of their stages took. */
final class RemotePipeline {

    private RemotePipeline() {}

    static List<Operation> all() {
        return RemoteStore.running().stream()
                .flatMap(store -> List.<Operation>of(new Take(store), new Restore(store)).stream())
                .toList();
    }

    private static String container(Workspace workspace, String use) {
        return workspace.root().getFileName() + "-" + use;
    }

    /** A take, whose store is emptied before. */
    private record Take(RemoteStore remote) implements Operation {

        @Override
        public String name() {
            return "take, compact NEVER, into " + remote;
        }

        @Override
        public Group group() {
            return Group.OURS;
        }

        @Override
        public void prepare(Workspace workspace) throws Exception {
            remote.use(container(workspace, "takes"), Take::empty);
        }

        private static void empty(SnapshotStore store) throws IOException {
            for (ObjectInfo object : store.list("")) {
                store.delete(object.name());
            }
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws Exception {
            Map<String, Double> figures = new TreeMap<>();
            remote.use(container(workspace, "takes"), store -> {
                figures.putAll(OwnPipeline.take(workspace.database(), store, workspace.scratch(), Compaction.NEVER));
                List<ObjectInfo> stored = store.list("");
                figures.put("objects", (double) stored.size());
                figures.put("storedBytes", (double)
                        stored.stream().mapToLong(ObjectInfo::size).sum());
            });
            return figures;
        }
    }

    /** A restore of a snapshot that was taken once, before. */
    private record Restore(RemoteStore remote) implements Operation {

        @Override
        public String name() {
            return "restore by swap, from " + remote;
        }

        @Override
        public Group group() {
            return Group.OURS;
        }

        @Override
        public void prepare(Workspace workspace) throws Exception {
            remote.use(container(workspace, "prepared"), store -> {
                if (store.list("").isEmpty()) {
                    OwnPipeline.take(workspace.database(), store, workspace.scratch(), Compaction.NEVER);
                }
            });
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws Exception {
            Map<String, Double> figures = new TreeMap<>();
            remote.use(
                    container(workspace, "prepared"),
                    store -> figures.putAll(OwnPipeline.restore(workspace.target(), store, RestoreRequest.latest())));
            return figures;
        }
    }
}
