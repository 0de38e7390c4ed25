package io.harmonylite.snapshot.model;

import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The system's file operations without syncs, on a volume with a clock of its own, each reported as a step. */
final class ModelFiles extends HookedFileOperations {

    private final Steps steps;
    private final InstantSource clock;
    private final Map<FileChannel, Path> created = new ConcurrentHashMap<>();

    ModelFiles(Steps steps, InstantSource clock) {
        super((number, operation) -> steps.next(operation));
        this.steps = steps;
        this.clock = clock;
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        FileChannel channel = super.create(file);
        created.put(channel, file);
        return channel;
    }

    @Override
    public void touch(Path file) throws IOException {
        super.touch(file);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        steps.next("sync");
        Path file = created.remove(channel);
        if (file != null) {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        steps.next("syncDirectory");
    }
}
