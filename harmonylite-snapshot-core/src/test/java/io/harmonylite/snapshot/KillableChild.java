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

/** Another process that runs {@link ChildProgram}, to be killed without a word. */
final class KillableChild implements AutoCloseable {

    private final Process process;
    private final BufferedReader lines;
    private final Path temporary;

    private KillableChild(Process process, Path temporary) {
        this.process = process;
        this.temporary = temporary;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts one; what it says on its error output is seen. */
    static KillableChild start(ChildProgram.Work work, Path directory) throws IOException {
        Path temporary = Files.createTempDirectory("child");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                ChildProgram.class.getName()));
        command.addAll(List.of(work.name(), directory.toString()));
        return new KillableChild(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start(), temporary);
    }

    /** The next line it prints. */
    String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("the child has ended");
        }
        return line;
    }

    /** Kills it by SIGKILL, and waits until it is gone. */
    int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    @Override
    public void close() throws Exception {
        kill();
        lines.close();
        try (Stream<Path> files = Files.walk(temporary)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
