package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Progress;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import java.io.PrintWriter;
import java.time.Duration;

/** Shows the current stage and its progress in one line of a terminal. Clears the line when the stage ends. */
final class ProgressLine implements SnapshotListener {

    /** Clears the current line of a terminal. */
    static final String CLEAR = "\r\u001b[K";

    private final PrintWriter terminal;
    private long shown = -1;

    ProgressLine(PrintWriter terminal) {
        this.terminal = terminal;
    }

    @Override
    public void stageStarted(Stage stage) {
        shown = -1;
        show(words(stage) + " ...");
    }

    @Override
    public void progressed(Progress progress) {
        long percent = (long) (100 * progress.share());
        if (percent != shown) {
            shown = percent;
            show(words(progress.stage()) + " ... " + percent + " % of " + Text.bytes(progress.bytesTotal())
                    + progress.remaining().map(ProgressLine::left).orElse(""));
        }
    }

    private static String left(Duration remaining) {
        return ", " + Math.max(1, remaining.toSeconds()) + " s left";
    }

    @Override
    public void stageEnded(Stage stage, Duration elapsed) {
        show("");
    }

    private void show(String text) {
        terminal.print(CLEAR + text);
        terminal.flush();
    }

    private static String words(Stage stage) {
        return switch (stage) {
            case CAPTURE -> "copying the database";
            case SANITIZE -> "sanitizing the copy";
            case COMPACT -> "compacting the copy";
            case CHECK -> "checking the copy";
            case SEAL -> "storing pages";
            case COPY -> "transferring packs";
            case COMMIT -> "committing";
            case SELECT -> "selecting the snapshot";
            case FETCH -> "fetching pages";
            case VERIFY -> "checking the image";
            case STAGE -> "preparing the image";
            case INSTALL -> "installing";
            case SURVEY -> "reading the store";
            case RETIRE -> "retiring snapshots";
            case RECORD -> "recording the proof";
            case SWEEP -> "deleting unused objects";
        };
    }
}
