package io.harmonylite.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A main class in a process of its own, for what a test cannot do to its own one: end in the middle, be forbidden. */
final class ChildJvm {

    private static final List<String> OBEDIENT =
            List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner");

    private ChildJvm() {}

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
        Path temporary = Files.createTempDirectory("child");
        try {
            Path output = temporary.resolve("output");
            Process process = new ProcessBuilder(command(prefix, temporary, main, arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int status = process.waitFor();
            return new Result(status, Files.readString(output));
        } finally {
            remove(temporary);
        }
    }

    /** What a process leaves that was ended in the middle, it leaves in a directory of its own. */
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

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** How it ended, and what it said. */
    record Result(int status, String output) {}
}
