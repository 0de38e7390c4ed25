package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.store.ExactLengthInputStream;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
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
 * A snapshot of HarmonyLite's in a plain file: one that was fetched by other means, or is to be handed on by such. Immutable
 * and thread-safe.
 *
 * <p>The file is private: nobody has it open as a database. One beside which a {@code -wal}, {@code -shm} or {@code
 * -journal} lies is refused, since it is somebody's live database, or not all of one. Written, it is a file beside it first,
 * synced and renamed over, the directory synced; readers of the previous file finish.
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

    /** A file, which need not exist; its directory must. Does no I/O. */
    public static HarmonyLiteSnapshotFile of(Path file) {
        return of(file, new SystemFileOperations());
    }

    static HarmonyLiteSnapshotFile of(Path file, FileOperations files) {
        return new HarmonyLiteSnapshotFile(file, files);
    }

    /** The file itself. */
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
        try (FileChannel channel = files.create(temporary);
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
                    file + " was written, but its directory could not be made durable: a power cut may undo it", e);
        }
    }

    private void discard(Path temporary, Exception reason) {
        try {
            files.delete(temporary);
        } catch (IOException e) {
            reason.addSuppressed(e); // It costs space until the next export, and nothing else.
        }
    }

    private void requireDirectory() throws IOException {
        FileSnapshotFailures.requireDirectory(file);
    }

    private void requirePrivate() throws IOException {
        for (String sidecar : SIDECARS) {
            Path beside = file.resolveSibling(file.getFileName() + sidecar);
            if (Files.exists(beside)) {
                throw new StoreAccessException(file + " is a database that is in use, or was: " + beside
                        + " lies beside it. Take a snapshot of it, or name a file that is one");
            }
        }
    }

    private <T> T translating(Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (NoSuchObjectException | StoreAccessException e) {
            throw e;
        } catch (IOException e) {
            throw FileSnapshotFailures.translate(file, e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private interface Call<T> {
        T run() throws IOException;
    }
}
