package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * File operations on a disk that can lose power: {@link #cutPower} reverts unsynced changes as a disk may. For one
 * thread and one directory.
 */
public final class ForgetfulFileOperations extends HookedFileOperations {

    private final Map<FileChannel, Path> open = new HashMap<>();
    private final Set<Path> unsynced = new HashSet<>();
    private final Map<Path, Optional<byte[]>> replaced = new HashMap<>();

    /** Calls a hook before each operation. */
    public ForgetfulFileOperations(Hook hook) {
        super(hook);
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

    private FileChannel opened(FileChannel channel, Path file) {
        open.put(channel, file);
        return channel;
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        unsynced.add(open.get(channel));
        super.write(channel, bytes, position);
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        super.sync(channel);
        unsynced.remove(open.get(channel));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Optional<byte[]> before = Files.exists(to) ? Optional.of(Files.readAllBytes(to)) : Optional.empty();
        super.rename(from, to);
        replaced.putIfAbsent(to, before);
        if (unsynced.remove(from)) {
            unsynced.add(to);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        super.syncDirectory(directory);
        replaced.clear();
    }

    /** Cuts the power: unsynced bytes read as zeros, and unsynced names are kept or lost. */
    public void cutPower(Names names) throws IOException {
        for (Path file : unsynced) {
            if (Files.exists(file)) {
                Files.write(file, new byte[(int) Files.size(file)]);
            }
        }
        if (names == Names.LOST) {
            for (Map.Entry<Path, Optional<byte[]>> entry : replaced.entrySet()) {
                restore(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void restore(Path file, Optional<byte[]> before) throws IOException {
        if (before.isPresent()) {
            Files.write(file, before.get());
        } else {
            Files.deleteIfExists(file);
        }
    }

    /** What happens to unsynced names. */
    public enum Names {
        /** They are kept. */
        KEPT,
        /** They are lost. */
        LOST
    }
}
