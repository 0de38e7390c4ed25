package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.lease.SnapshotLease;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A lease among processes of one machine: a file, whose age says if it has expired. Thread-safe. */
final class FileLease implements SnapshotLease {

    static final Duration MOMENT = Duration.ofMillis(300);

    private final Path file;
    private final Duration duration;

    FileLease(Path file, Duration duration) {
        this.file = file;
        this.duration = duration;
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws IOException {
        if (isExpired()) {
            Files.deleteIfExists(file);
        }
        try {
            Files.createFile(file);
            return Optional.of(new HeldFile(System.nanoTime()));
        } catch (FileAlreadyExistsException e) {
            return Optional.empty();
        }
    }

    private boolean isExpired() throws IOException {
        return Files.exists(file)
                && System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis() > duration.toMillis();
    }

    private final class HeldFile implements Held {

        private final long since;

        HeldFile(long since) {
            this.since = since;
        }

        @Override
        public boolean isHeld() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) < duration.toMillis();
        }

        @Override
        public void close() {
            // It expires.
        }
    }
}
