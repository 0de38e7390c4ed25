package io.harmonylite.snapshot;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Recovers in a separate process. The process halts before the file operation of a given number, which counts the
 * operations of the map and of the restore, or waits during the recovery for a file.
 */
final class HaltedRecovery {

    static final int STATUS = 42;
    static final String STREAM = "changes";

    private HaltedRecovery() {}

    /** Returns streams that are the same in every process of the test. */
    static InMemoryStreams streams() {
        InMemoryStreams streams = new InMemoryStreams(STREAM);
        streams.create(STREAM, StreamRetention.ofMessages(20));
        streams.publish(STREAM, 60);
        return streams;
    }

    /** Arguments: store, database, map, kind, number of the operation or directory of the files to wait for. */
    public static void main(String[] arguments) throws IOException {
        Path database = Path.of(arguments[1]);
        HookedFileOperations files = halting(arguments[4]);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(Path.of(arguments[0]));
                SequenceMap map = Kind.valueOf(arguments[3]) == Kind.FILE
                        ? MapFiles.open(Path.of(arguments[2]), files)
                        : TableSequenceMap.create()) {
            SnapshotManager.builder("orders", database, store)
                    .sequenceMap(map)
                    .streams(streams())
                    .files(files)
                    .listener(new Recorder().onStart(Stage.INSTALL, () -> waitFor(arguments[4])))
                    .build()
                    .recover();
        }
        System.out.println(files.log());
    }

    private static HookedFileOperations halting(String when) {
        int at = when.contains("/") ? -1 : Integer.parseInt(when);
        return new HookedFileOperations((number, operation) -> {
            if (number == at) {
                Runtime.getRuntime().halt(STATUS);
            }
        });
    }

    /** Creates the file {@code there}, and waits for the file {@code go}. */
    private static void waitFor(String directory) {
        if (directory.contains("/")) {
            try {
                Files.createFile(Path.of(directory, "there"));
                while (!Files.exists(Path.of(directory, "go"))) {
                    Thread.sleep(5);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
