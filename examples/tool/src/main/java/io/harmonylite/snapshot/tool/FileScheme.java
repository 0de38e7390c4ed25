package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotFile;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code file:/path}: a directory that is a store, or HarmonyLite's snapshot as a file. */
final class FileScheme implements Scheme {

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
            throw new IllegalArgumentException(
                    "'" + uri + "' is not a path: " + e.getMessage() + "; write " + form(), e);
        }
    }

    @Override
    public SnapshotStore open(URI uri, StorageOptions options) throws IOException {
        Path directory = directory(uri);
        if (!Files.exists(directory)) {
            throw new ContainerMissingException("no store at " + uri + ": the directory does not exist; check the URI");
        }
        return FileSystemSnapshotStore.open(directory);
    }

    @Override
    public SnapshotStore create(URI uri, StorageOptions options) throws IOException {
        return FileSystemSnapshotStore.create(directory(uri));
    }

    private Path directory(URI uri) throws StoreAccessException {
        Path directory = path(uri);
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new StoreAccessException(uri + " is not a directory; choose another location for the store");
        }
        return directory;
    }

    @Override
    public HarmonyLiteLocation openHarmonyLite(URI uri, StorageOptions options) {
        HarmonyLiteSnapshotFile file = HarmonyLiteSnapshotFile.of(path(uri));
        return new HarmonyLiteLocation(file, file, () -> {});
    }
}
