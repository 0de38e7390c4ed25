package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.FileRights;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.ExactLengthInputStream;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A HarmonyLite snapshot in a plain file, which other programs fetch or pass on. Immutable and thread-safe.
 *
 * <p>The file is private: no process has it open as a database. A file with a {@code -wal}, {@code -shm} or {@code
 * -journal} next to it is rejected, because it is a live database, or incomplete. A put writes a temporary file next to
 * it, syncs it, renames it over the old file, and syncs the directory. Readers of the previous file finish. A new file
 * can be read by its owner only; a replaced one keeps owner, mode and ACL.
 */
public final class HarmonyLiteSnapshotFile implements HarmonyLiteSnapshotSource, HarmonyLiteSnapshotSink {

    private static final List<String> SIDECARS = List.of("-wal", "-shm", "-journal");
    private static final String TEMPORARY = ".harmonylite-export";
    private static final int CHUNK = 1 << 20;

    private final Path file;
    private final FileOperations files;

    private HarmonyLiteSnapshotFile(Path file, FileOperations files) {
        this.file = Objects.requireNonNull(file, "file").toAbsolutePath();
        this.files = files;
    }

    /** Returns the snapshot in a file. The file need not exist; its directory must. Does no I/O. */
    public static HarmonyLiteSnapshotFile of(Path file) {
        return of(file, new SystemFileOperations());
    }

    static HarmonyLiteSnapshotFile of(Path file, FileOperations files) {
        return new HarmonyLiteSnapshotFile(file, files);
    }

    /** Returns the path of the file. */
    public Path file() {
        return file;
    }

    @Override
    public Optional<HarmonyLiteSnapshot> find() throws IOException {
        return translating(() -> {
            requireDirectory();
            return Files.exists(file) ? Optional.of(describe(Files.size(file))) : Optional.empty();
        });
    }

    @Override
    public Opened open() throws IOException {
        return translating(() -> {
            requireDirectory();
            requirePrivate();
            return open(files.openForRead(file));
        });
    }

    private Opened open(FileChannel channel) throws IOException {
        try {
            HarmonyLiteSnapshot described = describe(channel.size());
            InputStream content = Channels.newInputStream(channel);
            return new Opened(described, new ExactLengthInputStream(content, toString(), described.sizeBytes()));
        } catch (IOException e) {
            try (channel) {
                throw e;
            }
        }
    }

    private HarmonyLiteSnapshot describe(long size) throws IOException {
        Instant stored = Files.getLastModifiedTime(file).toInstant();
        return new HarmonyLiteSnapshot(toString(), size, Optional.empty(), Optional.of(stored));
    }

    @Override
    public PreviousSnapshot put(ObjectSource image, String tag) throws IOException {
        return translating(() -> {
            requireDirectory();
            requirePrivate();
            PreviousSnapshot previous =
                    Files.exists(file) ? PreviousSnapshot.KEPT_UNTIL_COMPLETE : PreviousSnapshot.NONE;
            Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
            try {
                files.delete(temporary);
                write(temporary, image);
                if (previous != PreviousSnapshot.NONE) {
                    FileRights.of(file).applyTo(temporary);
                }
                files.rename(temporary, file);
            } catch (IOException | RuntimeException e) {
                discard(temporary, e);
                throw e;
            }
            makeNameDurable();
            return previous;
        });
    }

    private void write(Path temporary, ObjectSource image) throws IOException {
        try (FileChannel channel = files.createPrivate(temporary);
                InputStream in = new ExactLengthInputStream(image.open(), "the image", image.length())) {
            byte[] chunk = new byte[CHUNK];
            long written = 0;
            for (int count = in.readNBytes(chunk, 0, CHUNK); count > 0; count = in.readNBytes(chunk, 0, CHUNK)) {
                files.write(channel, ByteBuffer.wrap(chunk, 0, count), written);
                written += count;
            }
            files.sync(channel);
        }
    }

    private void makeNameDurable() throws IOException {
        try {
            files.syncParent(file);
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    file + " was written, but its directory could not be synced: a power failure may undo it", e);
        }
    }

    private void discard(Path temporary, Exception reason) {
        try {
            files.delete(temporary);
        } catch (IOException e) {
            reason.addSuppressed(e); // Harmless: the file only occupies space until the next export.
        }
    }

    private void requireDirectory() throws IOException {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new ContainerMissingException(
                    "the directory of " + file + " does not exist; create it, or correct the path");
        }
        if (Files.isDirectory(file)) {
            throw new StoreAccessException(file + " is a directory; name the file");
        }
    }

    private void requirePrivate() throws IOException {
        for (String sidecar : SIDECARS) {
            Path found = file.resolveSibling(file.getFileName() + sidecar);
            if (Files.exists(found)) {
                throw new StoreAccessException(file + " is a live database or an incomplete copy of one: " + found
                        + " exists. Take a snapshot of it, or choose the file of a HarmonyLite snapshot");
            }
        }
    }

    private <T> T translating(IOSupplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (NoSuchObjectException | StoreAccessException e) {
            throw e;
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private IOException translated(IOException failure) {
        if (FileFailures.isMissing(failure)) {
            return new NoSuchObjectException("there is no snapshot at " + file, failure);
        }
        if (FileFailures.isFull(failure)) {
            return new StoreFullException("not enough space for " + file + ": " + failure, failure);
        }
        if (FileFailures.isForbidden(failure)) {
            return new StoreAccessException("this process has no permission for " + file + ": " + failure, failure);
        }
        return failure;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
