package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotListener;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command speaks: results to stdout, messages and progress to stderr. */
@SuppressWarnings("NullAway.Init") // The specification is injected.
final class OutputOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--json", description = "Make standard output one JSON document, in failure too.")
    private boolean json;

    @Option(names = "--verbose", description = "Log what is done, and show where an error came from.")
    private boolean verbose;

    /**
     * Writes the result; once in a command.
     *
     * @param document what {@code --json} asks for
     * @param lines what people read
     */
    void result(Map<String, @Nullable Object> document, List<String> lines) throws ResultLostException {
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.print(Json.text(document));
        } else {
            lines.forEach(line -> out.println(Secrets.hide(line)));
        }
        if (out.checkError()) {
            throw new ResultLostException();
        }
    }

    /** Tells people something beside the result. */
    void note(String message) {
        PrintWriter err = command.commandLine().getErr();
        err.println((isWatched() ? ProgressLine.CLEAR : "") + command.root().name() + ": " + Secrets.hide(message));
        err.flush();
    }

    /** Says how things stand, in one line that is written over, where somebody watches. */
    void status(String line) {
        if (isWatched()) {
            PrintWriter err = command.commandLine().getErr();
            err.print(ProgressLine.CLEAR + Secrets.hide(line));
            err.flush();
        }
    }

    /** Shows how the work goes on, where somebody watches. */
    SnapshotListener progress() {
        return isWatched() ? new ProgressLine(command.commandLine().getErr()) : SnapshotListener.none();
    }

    private boolean isWatched() {
        return !verbose && ((SnapshotTool) command.root().userObject()).isWatched();
    }
}
