package io.harmonylite.snapshot.crash;

import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One recording of each work, shared by all test classes of a JVM. Immutable. */
final class CrashRecordings {

    private static SoftReference<CrashRecordings> cached = new SoftReference<>(null);

    private final CrashWorld world;
    private final Map<CrashWork, Recording> recordings;

    private CrashRecordings(CrashWorld world, Map<CrashWork, Recording> recordings) {
        this.world = world;
        this.recordings = recordings;
    }

    static synchronized CrashRecordings get() throws Exception {
        CrashRecordings all = cached.get();
        if (all == null) {
            all = record();
            cached = new SoftReference<>(all);
        }
        return all;
    }

    private static CrashRecordings record() throws Exception {
        Path directory = Files.createTempDirectory("recordings");
        try (SteppedProcess process = SteppedProcess.start()) {
            CrashWorld world = new CrashWorld(Files.createDirectory(directory.resolve("world")));
            Map<CrashWork, Recording> recordings = new EnumMap<>(CrashWork.class);
            for (CrashWork work : CrashWork.values()) {
                recordings.put(work, process.record(work, world.begin(work, directory.resolve(work.name()))));
            }
            return new CrashRecordings(world, recordings);
        } finally {
            Tree.delete(directory);
        }
    }

    CrashWorld world() {
        return world;
    }

    List<Recording> all() {
        return List.copyOf(recordings.values());
    }

    Recording of(CrashWork work) {
        return recordings.get(work);
    }
}
