package io.harmonylite.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A volume of a few megabytes, which really runs full. */
final class Tmpfs implements AutoCloseable {

    private final Path directory;

    private Tmpfs(Path directory) {
        this.directory = directory;
    }

    /** Mounts one on a new directory; the test is skipped, and says so, where this process must not mount. */
    static Tmpfs mount(Path directory, long bytes) throws Exception {
        Files.createDirectory(directory);
        if (run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString()) != 0) {
            String message = "SKIPPED: no volume could be mounted on " + directory + ", so nothing ran full for real";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return new Tmpfs(directory);
    }

    Path path() {
        return directory;
    }

    /** Uses up all that is free. */
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

    /** Gives back what {@link #fill} used up. */
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
            return -1; // There is no such program here.
        }
    }

    @Override
    public void close() throws Exception {
        run("umount", "-l", directory.toString());
    }
}
