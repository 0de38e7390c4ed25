package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotKeys;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The store, and the options to reach it. */
@SuppressWarnings("NullAway.Init") // The option is required, and picocli injects the specification.
final class StoreOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--store",
            required = true,
            paramLabel = "URI",
            description =
                    "The store: file:/absolute/path, nats://host:port/bucket, tls://host:port/bucket or s3://bucket/prefix.")
    private StorageUri store;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Keys that seal and open snapshots; see 'keys'. Snapshots made without keys are rejected.")
    private @Nullable Path keyFile;

    @Mixin
    private final StorageOptions storage = new StorageOptions();

    private final Set<String> used = new HashSet<>();

    /** Marks options as used by the command itself, whatever its store. */
    StorageOptions use(String... schemes) {
        used.addAll(List.of(schemes));
        return storage;
    }

    /** Opens an existing store. */
    SnapshotStore open() throws IOException {
        StorageUri.rejectUnused(command, "--", used, store);
        return store.open(storage);
    }

    /** Opens a store, and creates it first if it is missing and its scheme can create it. */
    SnapshotStore create() throws IOException {
        StorageUri.rejectUnused(command, "--", used, store);
        return store.create(storage);
    }

    /** Returns a builder of a repository in the opened store, with the keys. */
    SnapshotRepository.Builder repository(String name, SnapshotStore opened) throws IOException {
        SnapshotRepository.Builder builder = SnapshotRepository.builder(name, opened);
        return keyFile == null ? builder : builder.keys(keys(keyFile));
    }

    /** Returns a builder of a manager in the opened store, with the keys. */
    SnapshotManager.Builder manager(String name, Path database, SnapshotStore opened) throws IOException {
        SnapshotManager.Builder builder = SnapshotManager.builder(name, database, opened);
        return keyFile == null ? builder : builder.keys(keys(keyFile));
    }

    private static SnapshotKeys keys(Path file) throws IOException {
        try {
            return SnapshotKeys.read(file);
        } catch (NoSuchFileException e) {
            throw new SnapshotKeyException("key file " + file + " does not exist", null);
        }
    }

    /** Returns the URI without user and password. */
    @Override
    public String toString() {
        return store.toString();
    }
}
