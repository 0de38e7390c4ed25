package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The output of a command: results on stdout, messages and progress on stderr. */
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class OutputOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--json", description = "Print one JSON document on standard output, also on failure.")
    private boolean json;

    @Option(names = "--verbose", description = "Log each step, and print the stack trace of an error.")
    private boolean verbose;

    /**
     * Writes the result. Call it once in a command.
     *
     * @param document the result for {@code --json}
     * @param lines the result as text
     * @throws ResultLostException if standard output does not accept the result
     */
    void result(Map<String, @Nullable Object> document, List<String> lines) throws ResultLostException {
        write(Json.text(document), lines);
    }

    private void write(String document, List<String> lines) throws ResultLostException {
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.print(document);
        } else {
            lines.forEach(line -> out.println(Secrets.hide(line)));
        }
        if (out.checkError()) {
            throw new ResultLostException();
        }
    }

    /**
     * Writes an event of a command that runs for long: with {@code --json} one line on stdout, otherwise a message on
     * stderr.
     */
    void event(Map<String, @Nullable Object> document, String message) {
        if (json) {
            command.commandLine().getOut().print(Json.line(document));
            command.commandLine().getOut().flush();
        } else {
            note(message);
        }
    }

    /**
     * Writes the last event, and without {@code --json} a line on stdout.
     *
     * @throws ResultLostException if standard output has not accepted all events
     */
    void lastEvent(Map<String, @Nullable Object> document, String line) throws ResultLostException {
        write(Json.line(document), List.of(line));
    }

    /** Writes a message to stderr. */
    void note(String message) {
        PrintWriter err = command.commandLine().getErr();
        err.println((showsProgress() ? ProgressLine.CLEAR : "") + command.root().name() + ": " + Secrets.hide(message));
        err.flush();
    }

    /** Shows a status line that the next one overwrites; only on a terminal. */
    void status(String line) {
        if (showsProgress()) {
            PrintWriter err = command.commandLine().getErr();
            err.print(ProgressLine.CLEAR + Secrets.hide(line));
            err.flush();
        }
    }

    /** Returns a listener that shows progress; only on a terminal. */
    SnapshotListener progress() {
        return showsProgress() ? new ProgressLine(command.commandLine().getErr()) : SnapshotListener.none();
    }

    private boolean showsProgress() {
        return !verbose && ((SnapshotTool) command.root().userObject()).isTerminal();
    }
}
