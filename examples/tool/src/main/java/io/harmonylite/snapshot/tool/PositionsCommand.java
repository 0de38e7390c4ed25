package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.sequence.SequenceMapContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the positions in a sequence map. */
@Command(
        name = "positions",
        description = {
            "Prints the positions in a sequence map of this library or of HarmonyLite.",
            "The map may be in use: it is neither locked nor written. Positions that its owner has not written yet are "
                    + "missing."
        },
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool positions --sequence-map /var/lib/orders.seq-map")
@SuppressWarnings("NullAway.Init") // Required options are set.
final class PositionsCommand implements Callable<Integer> {

    @Option(names = "--sequence-map", required = true, paramLabel = "FILE", description = "Sequence map.")
    private Path file;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        SequenceMapContents contents = SequenceMaps.read(file);
        if (contents.leftOverBytes() > 0) {
            output.note(contents.leftOverBytes() + " bytes follow the map in " + file
                    + ": two processes may be writing the file; stop one of them");
        }
        output.result(document(contents), lines(contents));
        return ExitStatus.DONE.code();
    }

    private static Map<String, @Nullable Object> document(SequenceMapContents contents) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("positions", Documents.positions(contents.positions()));
        return document;
    }

    private static List<String> lines(SequenceMapContents contents) {
        List<String> lines = new ArrayList<>();
        contents.positions().byStream().forEach((stream, position) -> lines.add(stream + " " + position.sequence()));
        return lines.isEmpty() ? List.of("No positions") : lines;
    }
}
