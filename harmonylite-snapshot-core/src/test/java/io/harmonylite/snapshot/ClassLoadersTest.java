package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.internal.file.LockFile;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two copies of the library in one process, as in an application server, exclude each other and all other processes. */
@Timeout(120)
class ClassLoadersTest {

    @TempDir
    Path directory;

    /** What a second copy of the library in this process gets. */
    private static String otherLoader(Object... arguments) throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader other =
                new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> copy = other.loadClass(SecondHolder.class.getName());
            assertThat(copy).isNotEqualTo(SecondHolder.class);
            return (String) copy.getMethod("tries", String[].class).invoke(null, (Object) texts(arguments));
        }
    }

    private static String otherProcess(Object... arguments) throws Exception {
        return ChildJvm.run(SecondHolder.class, arguments).output().strip();
    }

    private static String[] texts(Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int at = 0; at < texts.length; at++) {
            texts[at] = arguments[at].toString();
        }
        return texts;
    }

    /** What a failed attempt may have left open is closed by the collector: it must not drop the lock either. */
    private static void collectGarbage() throws InterruptedException {
        for (int time = 0; time < 5; time++) {
            System.gc();
            Thread.sleep(20);
        }
    }

    @Test
    void map_openedByAnotherClassLoader_isInUseAndStaysLocked() throws Exception {
        Path file = directory.resolve("orders.seq-map");
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(otherLoader("map", file)).isEqualTo("SequenceMapInUseException");
            assertThat(otherLoader("map", file)).isEqualTo("SequenceMapInUseException");
            collectGarbage();
            assertThat(otherProcess("map", file)).isEqualTo("SequenceMapInUseException");
            map.apply("changes", StreamPosition.at(1), () -> {});
        }
        assertThat(otherLoader("map", file)).isEqualTo("done");
        assertThat(otherProcess("map", file)).isEqualTo("done");
    }

    @Test
    void restore_triedByAnotherClassLoader_isInProgressAndStaysLocked() throws Exception {
        Path database = directory.resolve("orders.db");
        Path stored = Files.createDirectory(directory.resolve("store"));
        TestDatabase.run(database, "CREATE TABLE t (x)", "INSERT INTO t VALUES (1)");
        List<String> others = new ArrayList<>();
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(stored);
                SnapshotManager manager =
                        SnapshotManager.builder("orders", database, store).build()) {
            manager.take();
            manager.restore(RestoreRequest.latest().online(() -> {
                tryEverywhere(others, stored, database);
                return () -> {};
            }));
        }
        assertThat(others).containsExactly("SnapshotInProgressException", "SnapshotInProgressException");
        assertThat(otherLoader("restore", stored, database)).isEqualTo("done");
        assertThat(otherProcess("restore", stored, database)).isEqualTo("done");
    }

    private static void tryEverywhere(List<String> results, Path stored, Path database) {
        try {
            results.add(otherLoader("restore", stored, database));
            collectGarbage();
            results.add(otherProcess("restore", stored, database));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void lockFile_deletedBetweenOpenAndLock_isTakenAnew() throws Exception {
        Path file = directory.resolve("lock");
        HookedFileOperations deleting = new HookedFileOperations((number, operation) -> {}) {
            private boolean deleted;

            @Override
            public FileChannel create(Path created) throws IOException {
                FileChannel channel = super.create(created);
                if (!deleted) {
                    deleted = true;
                    delete(created); // Its last holder does that, and another process creates it anew.
                    Files.createFile(created);
                }
                return channel;
            }
        };
        try (LockFile lock = LockFile.tryAcquire(deleting, file)) {
            assertThat(lock).isNotNull();
            assertThat(LockFile.tryAcquire(new SystemFileOperations(), file)).isNull();
            try (LockFile other = LockFile.tryAcquire(new SystemFileOperations(), directory.resolve("other"))) {
                assertThat(other).as("another file of the same directory").isNotNull();
            }
            assertThat(ChildJvm.run(LockProbe.class, file).output().strip()).isEqualTo("false");
        }
        assertThat(ChildJvm.run(LockProbe.class, file).output().strip()).isEqualTo("true");
    }

    /** Says whether the lock can be taken. */
    static final class LockProbe {

        private LockProbe() {}

        public static void main(String[] arguments) throws IOException {
            try (LockFile lock = LockFile.tryAcquire(new SystemFileOperations(), Path.of(arguments[0]))) {
                System.out.println(lock != null);
            }
        }
    }
}
