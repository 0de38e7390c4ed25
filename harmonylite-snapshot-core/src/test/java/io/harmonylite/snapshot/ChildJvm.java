package io.harmonylite.snapshot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path output = Files.createTempFile("child", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int status = process.waitFor();
            return new Result(status, Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    /** How it ended, and what it said. */
    record Result(int status, String output) {}
}
