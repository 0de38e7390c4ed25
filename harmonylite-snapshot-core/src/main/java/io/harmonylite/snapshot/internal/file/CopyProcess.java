package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads files by child processes. This process must not open the files of a live database: closing any descriptor drops
 * every lock that SQLite holds on the file in the process (POSIX). An interrupt ends the child. Stateless.
 *
 * @see <a href="https://www.sqlite.org/howtocorrupt.html#posix_advisory_locks_canceled_by_a_separate_thread_doing_close_">
 *     How to corrupt an SQLite database file</a>
 */
public class CopyProcess {

    /** File systems on which a child process sees what SQLite has written. */
    private static final Set<String> LOCAL =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay");

    /** Returns whether a child process on this system sees what SQLite has written to a file. */
    public static boolean sees(Path file) throws IOException {
        return System.getProperty("os.name", "").equals("Linux")
                && LOCAL.contains(Files.getFileStore(file).type().toLowerCase(Locale.ROOT));
    }

    /** Copies a file into an existing one; clones it if the file system can. */
    public void copy(Path from, Path to) throws IOException, InterruptedException {
        try {
            run("cp", "--reflink=auto", "--", from.toString(), to.toString());
        } catch (FailedException e) { // Not every cp has the option.
            run("cp", "--", from.toString(), to.toString());
        }
    }

    /** Returns the first bytes of a file. */
    public byte[] head(Path file, int bytes) throws IOException, InterruptedException {
        return run("head", "-c", Integer.toString(bytes), "--", file.toString());
    }

    private static byte[] run(String... command) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            child.getOutputStream().close();
            int status = child.waitFor(); // First, because a read cannot be interrupted. The output fits into the pipe.
            byte[] output = child.getInputStream().readAllBytes();
            if (status != 0) {
                throw new FailedException(
                        List.of(command) + ": " + new String(output, Charset.defaultCharset()).strip());
            }
            return output;
        } finally {
            child.destroyForcibly().onExit().join(); // Else it could still write when its target is removed.
        }
    }

    private static final class FailedException extends IOException {

        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }
}
