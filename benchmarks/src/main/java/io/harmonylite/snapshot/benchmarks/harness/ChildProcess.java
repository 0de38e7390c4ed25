package io.harmonylite.snapshot.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs an operation in a JVM of its own, with a heap that is the same for all. */
final class ChildProcess {

    static final String HEAP = "-Xmx192m";

    private ChildProcess() {}

    static Map<String, Double> run(Operation operation, Workspace warmUp, Workspace measured)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(operation, warmUp, measured))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<String, Double> figures = new TreeMap<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines()
                    .filter(line -> line.startsWith(MeasuredRun.PREFIX))
                    .map(line -> line.substring(MeasuredRun.PREFIX.length()).split("=", 2))
                    .forEach(pair -> figures.put(pair[0], Double.valueOf(pair[1])));
        }
        if (process.waitFor() != 0) {
            throw new IOException(operation.name() + " failed with status " + process.exitValue());
        }
        return figures;
    }

    private static List<String> command(Operation operation, Workspace warmUp, Workspace measured) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(RemoteStore.arguments());
        command.addAll(List.of(
                MeasuredRun.class.getName(),
                operation.name(),
                warmUp.root().toString(),
                measured.root().toString()));
        return command;
    }
}
