package io.harmonylite.snapshot.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A mounted volume in memory.
 *
 * @param path where it is mounted
 */
record Volume(Path path) implements AutoCloseable {

    /** Mounts a volume on a new directory. Skips the test, with a message, if this process must not mount. */
    static Volume mount(Path directory, String options) throws Exception {
        Files.createDirectory(directory);
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString()) == 0,
                "SKIPPED: no volume could be mounted on " + directory);
        return new Volume(directory);
    }

    @Override
    public void close() throws Exception {
        run("umount", "-l", path.toString());
    }

    /** Runs a program without output. Returns its status; a large one if it is not installed. */
    static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }
}
