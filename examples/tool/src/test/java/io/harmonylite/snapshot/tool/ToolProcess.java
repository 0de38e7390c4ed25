package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the tool in a process of its own, from this class path. */
final class ToolProcess {

    private final Path directory;
    private final List<String> prefix;
    private final List<String> java;
    private final Map<String, String> environment;

    private ToolProcess(Path directory, List<String> prefix, List<String> java, Map<String, String> environment) {
        this.directory = directory;
        this.prefix = prefix;
        this.java = java;
        this.environment = environment;
    }

    /** Returns a process whose output is kept in a directory. */
    static ToolProcess in(Path directory) {
        return new ToolProcess(directory, List.of(), List.of(), Map.of("LC_ALL", "C.UTF-8"));
    }

    /** Returns this process, started by a shell that runs some commands first. */
    ToolProcess after(String commands) {
        return new ToolProcess(directory, List.of("sh", "-c", commands + "; exec \"$@\"", "sh"), java, environment);
    }

    /** Returns this process with options of Java. */
    ToolProcess java(String... options) {
        return new ToolProcess(directory, prefix, List.of(options), environment);
    }

    /** Returns this process with these variables only. */
    ToolProcess environment(Map<String, String> variables) {
        return new ToolProcess(directory, prefix, java, variables);
    }

    /** Runs a command to its end. */
    Tool.Outcome run(String... args) throws IOException, InterruptedException {
        return start(args).outcome();
    }

    /** Starts a command. */
    Running start(String... args) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(java);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SnapshotTool.class.getName()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(directory, "stdout", "");
        Path err = Files.createTempFile(directory, "stderr", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java prints them on stderr.
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }

    /**
     * A command that was started.
     *
     * @param process its process
     * @param out its standard output
     * @param err its standard error
     */
    record Running(Process process, Path out, Path err) {

        /** Sends a signal. */
        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        }

        /** Waits for its end. */
        Tool.Outcome outcome() throws IOException, InterruptedException {
            return new Tool.Outcome(process.waitFor(), read(out), read(err));
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
