package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stores in a directory: {@code file:/path}. */
final class FileScheme implements StoreScheme {

    @Override
    public String form() {
        return "file:/path";
    }

    @Override
    public void check(URI uri) {
        if (uri.isOpaque()) {
            throw new IllegalArgumentException("'" + uri + "' has no absolute path; write "
                    + Path.of(uri.getSchemeSpecificPart()).normalize().toUri());
        }
        path(uri);
    }

    private Path path(URI uri) {
        try {
            return Path.of(uri);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + uri + "' is no path: " + e.getMessage() + "; write " + form(), e);
        }
    }

    @Override
    public SnapshotStore open(StoreOptions options) throws IOException {
        Path directory = directory(options);
        if (!Files.exists(directory)) {
            throw new ContainerMissingException("there is no store at " + options + ": no such directory");
        }
        return FileSystemSnapshotStore.open(directory);
    }

    @Override
    public SnapshotStore create(StoreOptions options) throws IOException {
        return FileSystemSnapshotStore.create(directory(options));
    }

    private Path directory(StoreOptions options) throws StoreAccessException {
        if (options.areS3OptionsIdle()) {
            throw new StoreAccessException("options that begin with --s3 are of no use with " + options);
        }
        if (options.areNatsOptionsIdle()) {
            throw new StoreAccessException("options that begin with --nats are of no use with " + options);
        }
        Path directory = path(options.uri());
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new StoreAccessException(options + " is not a directory; choose another place for the store");
        }
        return directory;
    }
}
