package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** The system's file operations, each reported as a step. Thread-safe. */
final class SteppedFiles extends HookedFileOperations {

    static final String SYNC = "sync";
    static final String SYNC_DIRECTORY = "syncDirectory";

    private final Map<FileChannel, Path> open = Collections.synchronizedMap(new WeakHashMap<>());
    private final Step step;

    SteppedFiles(Step step) {
        super((number, operation) -> {
            if (!operation.equals(SYNC) && !operation.equals(SYNC_DIRECTORY)) {
                step.before(operation, "");
            }
        });
        this.step = step;
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        return opened(super.create(file), file);
    }

    @Override
    public FileChannel createPrivate(Path file) throws IOException {
        return opened(super.createPrivate(file), file);
    }

    @Override
    public FileChannel createLike(Path file, Path model) throws IOException {
        return opened(super.createLike(file, model), file);
    }

    @Override
    public FileChannel openForWrite(Path file) throws IOException {
        return opened(super.openForWrite(file), file);
    }

    private FileChannel opened(FileChannel channel, Path file) {
        open.put(channel, file);
        return channel;
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        step.before(SYNC, open.get(channel).toString());
        super.sync(channel);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step.before(SYNC_DIRECTORY, directory.toString());
        super.syncDirectory(directory);
    }
}
