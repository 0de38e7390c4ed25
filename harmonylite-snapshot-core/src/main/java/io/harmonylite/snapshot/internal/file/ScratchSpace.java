package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates scratch directories, and removes those that killed processes left, with the files that this library writes.
 * Never follows symbolic links; skips a directory that cannot be removed. Thread-safe.
 */
public final class ScratchSpace {

    /** Maximum number of bytes that the name of a scratch directory adds to that of its database. */
    public static final int MAX_SUFFIX_BYTES = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ScratchSpace.class);
    private static final String OF_DATABASE = ".harmonylite-scratch-";
    private static final Pattern UNIQUE = Pattern.compile("[0-9a-f]{1,8}-[0-9a-f]{1,16}-[0-9a-f]{16}");

    private final FileOperations files;
    private final SecureRandom random = new SecureRandom();
    private final Set<Path> reported = ConcurrentHashMap.newKeySet();

    /** Creates an instance; does no I/O. */
    public ScratchSpace(FileOperations files) {
        this.files = files;
    }

    /**
     * Creates a scratch directory in {@code parent} that only its owner can enter, after it has removed those of killed
     * processes, whose names have the same prefix.
     */
    public ScratchDirectory open(Path parent, String prefix) throws IOException {
        sweep(parent, prefix);
        while (true) {
            String unique = HexFormat.of().toHexDigits(random.nextLong());
            Path directory = parent.resolve(prefix + processToken() + unique);
            files.createPrivateDirectory(directory);
            FileChannel lock = claim(directory);
            if (lock != null) {
                return new ScratchDirectory(files, directory, lock);
            }
        }
    }

    /**
     * Creates a scratch directory for one run on a database, after it has removed those of killed processes. The
     * default is the directory of the database, and so its volume.
     */
    public ScratchDirectory openFor(Path database, @Nullable Path chosen) throws IOException {
        return open(chosen == null ? parentOf(database) : chosen, prefix(database));
    }

    /** Removes the scratch directories of killed processes next to a database. */
    public void sweepFor(Path database) throws IOException {
        sweep(parentOf(database), prefix(database));
    }

    private static Path parentOf(Path database) {
        return Objects.requireNonNull(database.getParent(), "an absolute path of a file has one");
    }

    private static String prefix(Path database) {
        return database.getFileName() + OF_DATABASE;
    }

    private void sweep(Path parent, String prefix) throws IOException {
        String own = processToken();
        for (Path candidate : files.list(parent)) {
            String name = String.valueOf(candidate.getFileName());
            String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            if (UNIQUE.matcher(rest).matches()
                    && !rest.startsWith(own)
                    && Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)) {
                sweep(candidate);
            }
        }
    }

    private void sweep(Path directory) throws IOException {
        try {
            deleteIfAbandoned(directory);
        } catch (NoSuchFileException e) {
            // Another process, or the owner itself, has just removed it.
        } catch (IOException e) {
            if (FileFailures.isInterrupt(e)) {
                throw e;
            }
            if (reported.add(directory)) {
                LOG.warn("Skipped scratch directory {}, which cannot be removed: {}", directory, e.toString());
            }
        }
    }

    private void deleteIfAbandoned(Path directory) throws IOException {
        try (FileChannel channel = openOrCreate(directory.resolve(ScratchDirectory.LOCK));
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                ScratchDirectory.deleteAll(files, directory);
            }
        }
    }

    private FileChannel openOrCreate(Path lockFile) throws IOException {
        try {
            return files.createPrivate(lockFile);
        } catch (FileAlreadyExistsException e) {
            BasicFileAttributes found =
                    Files.readAttributes(lockFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile() || found.size() > 0) {
                // Opening it might open another file, even a live database, by its second name.
                throw new IOException(lockFile + " is not an empty file, as this library writes it");
            }
            return files.openForWrite(lockFile);
        }
    }

    /** Returns null if another process swept the new directory before it was locked. */
    private @Nullable FileChannel claim(Path directory) throws IOException {
        Path lockFile = directory.resolve(ScratchDirectory.LOCK);
        FileChannel channel;
        try {
            channel = files.createPrivate(lockFile);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            deleteUnlocked(directory, e);
            throw e;
        }
        if (channel.tryLock() != null && Files.exists(lockFile)) {
            return channel;
        }
        channel.close();
        return null;
    }

    /** Removes a directory that could not be locked: no sweep of this process would. */
    private void deleteUnlocked(Path directory, IOException reason) {
        try {
            files.delete(directory);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Returns a text that no other process has, even if process ids are reused. */
    private static String processToken() {
        ProcessHandle self = ProcessHandle.current();
        long started = self.info()
                .startInstant()
                .map(instant -> instant.toEpochMilli())
                .orElse(0L);
        return Long.toHexString(self.pid()) + "-" + Long.toHexString(started) + "-";
    }
}
