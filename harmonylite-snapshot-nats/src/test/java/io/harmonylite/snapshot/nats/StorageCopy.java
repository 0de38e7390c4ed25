package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.testing.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;

/** A copy of a stopped server's storage, to roll the server back as a restore of its machine would. Immutable. */
record StorageCopy(NatsServer server, Path copy) {

    /** Copies the storage of a stopped server into a new directory. */
    static StorageCopy of(NatsServer stopped, Path copy) throws IOException {
        copyTree(stopped.storage(), copy);
        return new StorageCopy(stopped, copy);
    }

    /** Replaces the storage of the stopped server by this copy. */
    void putBack() throws IOException {
        deleteTree(server.storage());
        copyTree(copy, server.storage());
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
