package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Runs the tool in this process. */
final class Tool {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Tool() {}

    /** Runs a command without a terminal. */
    static Outcome run(String... args) {
        return run(false, args);
    }

    /** Runs a command, with or without a terminal. */
    static Outcome run(boolean terminal, String... args) {
        return run(terminal, Map.of(), args);
    }

    /** Runs a command in an environment. */
    static Outcome run(Map<String, String> environment, String... args) {
        return run(false, environment, args);
    }

    private static Outcome run(boolean terminal, Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine tool = SnapshotTool.commandLine(() -> terminal, environment, args);
        tool.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        tool.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return new Outcome(tool.execute(args), out.toString(), err.toString());
    }

    /** Appends arguments. */
    static String[] with(String[] args, String... more) {
        return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
    }

    /** Parses exactly one JSON document. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not one JSON document: " + text, e);
        }
    }

    /** The outcome of a run. */
    record Outcome(int status, String out, String err) {

        /** Returns stdout as JSON, if stderr is empty. */
        JsonNode json() {
            assertThat(err).isEmpty();
            return Tool.json(out);
        }

        /** Returns this outcome, if the status is 0 and stderr is empty. */
        Outcome succeeded() {
            assertThat(this).returns(0, Outcome::status).returns("", Outcome::err);
            return this;
        }
    }
}
