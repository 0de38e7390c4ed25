package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The system's file operations with a hook before each of them; the hook may throw. Thread-safe. */
public class HookedFileOperations implements FileOperations {

    private final FileOperations system = new SystemFileOperations();
    private final List<String> log = new ArrayList<>();
    private final Hook hook;

    /** Calls a hook before each operation. */
    public HookedFileOperations(Hook hook) {
        this.hook = hook;
    }

    /** Returns operations that only record. */
    public static HookedFileOperations counting() {
        return new HookedFileOperations((number, operation) -> {});
    }

    /** Returns operations of which one fails; if {@code forGood} is set, all later ones fail too. */
    public static HookedFileOperations failingAt(int number, Supplier<IOException> failure, boolean forGood) {
        return new HookedFileOperations((at, operation) -> {
            if (at == number || (forGood && at > number)) {
                throw failure.get();
            }
        });
    }

    /** Returns the operations so far. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    private void before(String operation, Path file) throws IOException {
        int number;
        synchronized (this) {
            number = log.size();
            log.add(operation + " " + file.getFileName());
        }
        hook.before(number, operation);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        before("create", file);
        return system.create(file);
    }

    @Override
    public FileChannel createPrivate(Path file) throws IOException {
        before("create", file);
        return system.createPrivate(file);
    }

    @Override
    public FileChannel createLike(Path file, Path model) throws IOException {
        before("create", file);
        return system.createLike(file, model);
    }

    @Override
    public FileChannel openForRead(Path file) throws IOException {
        before("open", file);
        return system.openForRead(file);
    }

    @Override
    public FileChannel openForWrite(Path file) throws IOException {
        before("openForWrite", file);
        return system.openForWrite(file);
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        before("write", Path.of("at-" + position));
        system.write(channel, bytes, position);
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        before("sync", Path.of("file"));
        system.sync(channel);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        before("createDirectory", directory);
        system.createDirectory(directory);
    }

    @Override
    public void createPrivateDirectory(Path directory) throws IOException {
        before("createPrivateDirectory", directory);
        system.createPrivateDirectory(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        before("syncDirectory", directory);
        system.syncDirectory(directory);
    }

    @Override
    public void link(Path newName, Path existing) throws IOException {
        before("link", newName);
        system.link(newName, existing);
    }

    @Override
    public void touch(Path file) throws IOException {
        before("touch", file);
        system.touch(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before("rename", to);
        system.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        before("delete", file);
        system.delete(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        before("list", directory);
        return system.list(directory);
    }

    @Override
    public long usableSpace(Path file) throws IOException {
        before("usableSpace", file);
        return system.usableSpace(file);
    }

    /** Called before each operation. */
    @FunctionalInterface
    public interface Hook {

        /** Called with the operation's number, counted from 0, and its name. */
        void before(int number, String operation) throws IOException;
    }
}
