package io.harmonylite.snapshot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs a main class in a separate process that a test can halt, kill, or bind to file permissions. Closing this kills
 * the process and removes its temporary files.
 */
public final class ChildJvm implements AutoCloseable {

    private static final List<String> OBEDIENT =
            List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner");

    private final Path temporary;
    private final Process process;
    private final BufferedReader lines;

    private ChildJvm(Path temporary, Process process) {
        this.temporary = temporary;
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a process that inherits the error output. */
    public static ChildJvm start(Class<?> main, Object... arguments) throws IOException {
        return start(Redirect.INHERIT, List.of(), main, arguments);
    }

    /** Runs a process to its end. */
    static Result run(Class<?> main, Object... arguments) throws IOException, InterruptedException {
        return run(List.of(), main, arguments);
    }

    /** Runs a process to its end that is bound to file permissions, even if this process is root. */
    static Result runObedient(Class<?> main, Object... arguments) throws IOException, InterruptedException {
        return run(isRoot() ? OBEDIENT : List.of(), main, arguments);
    }

    /** Returns whether a process can be started that is bound to file permissions. */
    static boolean canObey() throws IOException, InterruptedException {
        if (!isRoot()) {
            return true;
        }
        List<String> command = new ArrayList<>(OBEDIENT);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // The program is not installed.
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Runs a process to its end through another program, such as {@code env}. */
    static Result run(List<String> prefix, Class<?> main, Object... arguments)
            throws IOException, InterruptedException {
        try (ChildJvm child = start(Redirect.PIPE, prefix, main, arguments)) {
            StringBuilder output = new StringBuilder();
            for (String line = child.lines.readLine(); line != null; line = child.lines.readLine()) {
                output.append(line).append('\n');
            }
            return new Result(child.process.waitFor(), output.toString());
        }
    }

    private static ChildJvm start(Redirect errors, List<String> prefix, Class<?> main, Object... arguments)
            throws IOException {
        Path temporary = Files.createTempDirectory("child");
        ProcessBuilder builder = new ProcessBuilder(command(prefix, temporary, main, arguments));
        return new ChildJvm(
                temporary,
                builder.redirectErrorStream(errors.equals(Redirect.PIPE))
                        .redirectError(errors)
                        .start());
    }

    /** Returns the next line of the output. */
    public String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("the child has ended");
        }
        return line;
    }

    /** Writes lines to the standard input. */
    public void say(String... orders) throws IOException {
        for (String order : orders) {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        }
        process.getOutputStream().flush();
    }

    /** Waits until the process has ended by itself, and returns its status. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Returns the process id, by which tools of the system stop and continue the process. */
    public long pid() {
        return process.pid();
    }

    /** Kills the process by SIGKILL, waits until it has ended, and returns its status. */
    public int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    /** Sends SIGTERM, waits until the process has ended, and returns its status. The output can still be read. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy(); // Process.destroy would close the output.
        return process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        lines.close();
        try (Stream<Path> files = Files.walk(temporary)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static List<String> command(List<String> prefix, Path temporary, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** The status and the output of a process. */
    record Result(int status, String output) {}
}
