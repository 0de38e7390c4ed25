package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.crash.Recording.Moment;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A process of {@link CrashProgram}, led from step to step. */
final class SteppedProcess implements AutoCloseable {

    private final Path temporary;
    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter orders;

    private SteppedProcess(Path temporary, Process process) {
        this.temporary = temporary;
        this.process = process;
        this.said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    static SteppedProcess start() throws IOException {
        Path temporary = Files.createTempDirectory("stepped");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                CrashProgram.class.getName());
        return new SteppedProcess(
                temporary,
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /** Lets it do a work to its end, and looks at all files before each step. */
    Recording record(CrashWork work, Path directory) throws IOException {
        TreeReader reader = new TreeReader(directory);
        List<Moment> moments = new ArrayList<>();
        long acknowledged = 0;
        order(work.name(), directory.toString());
        for (String[] line = line(); !line[0].equals(CrashProgram.DONE); line = line()) {
            if (line[0].equals(CrashProgram.ACKNOWLEDGED)) {
                acknowledged = Long.parseLong(line[1]);
            } else {
                String subject = line.length > 2 ? line[2] : "";
                moments.add(new Moment(line[1], relative(directory, subject), reader.read(), acknowledged));
                order("");
            }
        }
        moments.add(new Moment("", "", reader.read(), acknowledged));
        return new Recording(work, List.copyOf(moments));
    }

    private static String relative(Path directory, String subject) {
        return subject.startsWith(directory.toString())
                ? directory.relativize(Path.of(subject)).toString()
                : subject;
    }

    /**
     * Lets it do a work up to a step, and ends it there: by {@code SIGKILL} from outside, or by its own hand.
     *
     * @return the last message that it told to be applied
     */
    long kill(CrashWork work, Path directory, int step, Death death) throws IOException, InterruptedException {
        long acknowledged = 0;
        order(work.name(), directory.toString());
        for (int steps = 0; ; ) {
            String[] line = line();
            if (line[0].equals(CrashProgram.ACKNOWLEDGED)) {
                acknowledged = Long.parseLong(line[1]);
            } else if (steps++ == step || line[0].equals(CrashProgram.DONE)) {
                end(death);
                return acknowledged;
            } else {
                order("");
            }
        }
    }

    private void end(Death death) throws IOException, InterruptedException {
        if (death == Death.HALT) {
            order("halt");
        } else {
            process.destroyForcibly();
        }
        process.waitFor();
    }

    private String[] line() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new IOException("the process has ended");
        }
        return line.split("\t");
    }

    private void order(String... lines) throws IOException {
        for (String line : lines) {
            orders.write(line + "\n");
        }
        orders.flush();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        said.close();
        try (Stream<Path> files = Files.list(temporary)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(temporary);
    }

    /** How a process ends in the middle. */
    enum Death {
        /** By {@code Runtime.halt}. */
        HALT,
        /** By {@code SIGKILL}. */
        SIGKILL
    }
}
