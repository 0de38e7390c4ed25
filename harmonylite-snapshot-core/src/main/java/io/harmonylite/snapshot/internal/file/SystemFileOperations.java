package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Calls the operating system's file operations. Stateless. */
public final class SystemFileOperations implements FileOperations {

    @Override
    public FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public FileChannel createPrivate(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public FileChannel createLike(Path file, Path model) throws IOException {
        if (!Files.exists(model)) {
            return createPrivate(file);
        }
        // The JDK copies owner, mode and all extended attributes, the ACL included, but ignores failures to do so.
        Files.copy(model, file, StandardCopyOption.COPY_ATTRIBUTES);
        FileRights.restrictIfGroupDiffers(file, model);
        return FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public FileChannel openForRead(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    @Override
    public FileChannel openForWrite(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) { // Java's own exception does not name the file.
            throw new FileSystemException(file.toString(), null, "it is a symbolic link, which is never followed");
        }
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw FileFailures.ofWrite(channel, e);
        }
    }

    @Override
    public void sync(FileChannel channel) throws IOException {
        channel.force(true);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    @Override
    public void createPrivateDirectory(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void link(Path newName, Path existing) throws IOException {
        Files.createLink(newName, existing);
    }

    @Override
    public void touch(Path file) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        try (FileChannel channel = openForWrite(file)) {
            long size = channel.size();
            if (size > 0 && channel.read(last, size - 1) == 1) {
                write(channel, last.flip(), size - 1);
                return;
            }
        }
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close(); // Sets the time of an empty file too.
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> names = Files.list(directory)) {
            return names.toList();
        }
    }

    @Override
    public long usableSpace(Path file) throws IOException {
        return Files.getFileStore(file).getUsableSpace();
    }
}
