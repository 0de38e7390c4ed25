package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotFile;
import java.net.URI;
import java.nio.file.Path;

/** A plain file: {@code file:/path/snapshot.db}. */
final class FilePlace implements PlaceScheme {

    @Override
    public String form() {
        return "file:/path/snapshot.db";
    }

    @Override
    public void check(URI uri) {
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
    public Place open(URI uri, S3Options s3, NatsOptions nats) {
        HarmonyLiteSnapshotFile file = HarmonyLiteSnapshotFile.of(path(uri));
        return new Place(file, file, () -> {});
    }
}
