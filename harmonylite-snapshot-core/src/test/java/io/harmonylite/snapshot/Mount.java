package io.harmonylite.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A bind mount, as containers use it. */
final class Mount implements AutoCloseable {

    private final Path point;

    private Mount(Path point) {
        this.point = point;
    }

    /** Mounts a file or directory at a second path. Skips the test, with a message, if this process must not mount. */
    static Mount bind(Path source, Path point) throws Exception {
        if (run("mount", "--bind", source.toString(), point.toString()) != 0) {
            String message = "SKIPPED: nothing could be mounted on " + point;
            System.err.println(message);
            Assumptions.abort(message);
        }
        return new Mount(point);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            return -1; // The program is not installed.
        }
    }

    @Override
    public void close() throws Exception {
        run("umount", "-l", point.toString());
    }
}
