package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.testing.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.Stream;

/** What a stopped server had stored, kept to set it back later, as somebody does who restores a machine. Immutable. */
record StorageCopy(NatsServer server, Path copy) {

    /** Copies the storage of a stopped server into a new directory. */
    static StorageCopy of(NatsServer stopped, Path copy) throws IOException {
        copyTree(stopped.storage(), copy);
        return new StorageCopy(stopped, copy);
    }

    /** Puts it in the place of what the server, stopped again, has stored since. */
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
