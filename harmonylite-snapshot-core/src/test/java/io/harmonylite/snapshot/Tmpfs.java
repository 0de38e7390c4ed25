package io.harmonylite.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A volume of a few megabytes, which a test can fill. */
final class Tmpfs implements AutoCloseable {

    private final Path directory;

    private Tmpfs(Path directory) {
        this.directory = directory;
    }

    /** Mounts a volume on a new directory. Skips the test, with a message, if this process must not mount. */
    static Tmpfs mount(Path directory, long bytes) throws Exception {
        Files.createDirectory(directory);
        if (run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString()) != 0) {
            String message = "SKIPPED: no volume could be mounted on " + directory + ", so no volume ran full";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return new Tmpfs(directory);
    }

    Path path() {
        return directory;
    }

    /** Fills the free space. */
    void fill() throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(directory.resolve("filler"))) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    /** Frees the space that {@link #fill} used. */
    void empty() throws IOException {
        Files.deleteIfExists(directory.resolve("filler"));
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // The program is not installed.
        }
    }

    @Override
    public void close() throws Exception {
        run("umount", "-l", directory.toString());
    }
}
