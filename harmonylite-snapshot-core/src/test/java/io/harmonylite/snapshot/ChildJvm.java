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
 * A main class in a process of its own, for what a test cannot do to its own one: end in the middle, be killed, be forbidden.
 * What it leaves among temporary files goes when this is closed.
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

    /** Starts one; what it says on its error output is seen. */
    public static ChildJvm start(Class<?> main, Object... arguments) throws IOException {
        return start(Redirect.INHERIT, List.of(), main, arguments);
    }

    /** Runs it to its end. */
    static Result run(Class<?> main, Object... arguments) throws IOException, InterruptedException {
        return run(List.of(), main, arguments);
    }

    /** Runs it to its end, so that the permissions of files bind it also where this process is root. */
    static Result runObedient(Class<?> main, Object... arguments) throws IOException, InterruptedException {
        return run(isRoot() ? OBEDIENT : List.of(), main, arguments);
    }

    /** Whether a child can be made that obeys permissions. */
    static boolean canObey() throws IOException, InterruptedException {
        if (!isRoot()) {
            return true;
        }
        List<String> command = new ArrayList<>(OBEDIENT);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // There is no such program here.
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Result run(List<String> prefix, Class<?> main, Object... arguments)
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

    /** The next line it prints. */
    public String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("the child has ended");
        }
        return line;
    }

    /** Gives it lines on its standard input. */
    public void say(String... orders) throws IOException {
        for (String order : orders) {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        }
        process.getOutputStream().flush();
    }

    /** Waits until it has ended by itself; its status. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Its number, by which the system's own tools stop it and let it go on. */
    public long pid() {
        return process.pid();
    }

    /** Kills it by SIGKILL, and waits until it is gone. */
    public int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    /** Asks it to end, by SIGTERM, and waits until it is gone; what it has printed can still be read. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy(); // The process's own method closes what can still be read.
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
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** How it ended, and what it said. */
    record Result(int status, String output) {}
}
