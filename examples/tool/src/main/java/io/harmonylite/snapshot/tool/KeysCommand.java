package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotKeys;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates key files. */
@Command(
        name = "keys",
        description = {
            "Creates a key file, which only its owner can read. Give it to the other commands as --key-file, or by the"
                    + " variable SNAPSHOT_KEY_FILE: then takes seal their snapshots, and only snapshots sealed by a key of the"
                    + " file are restored.",
            "Keep a copy of the file elsewhere: without it, no snapshot that it sealed can be read. The file is a keyset of"
                    + " Tink, and 'tinkey' rotates it."
        },
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool keys create /etc/orders.key")
@SuppressWarnings("NullAway.Init") // Picocli injects the parameters and the specification.
final class KeysCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ACTION", description = "What to do: create.")
    private Action action;

    @Parameters(index = "1", paramLabel = "FILE", description = "The new file; an existing one is not replaced.")
    private Path file;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /** What to do with a key file. */
    enum Action {
        create
    }

    @Override
    public Integer call() throws IOException {
        try {
            SnapshotKeys made = SnapshotKeys.create(file);
            Map<String, @Nullable Object> document = Documents.empty();
            document.put("action", action.name());
            document.put("file", file.toString());
            document.put("key", made.first());
            output.result(document, List.of("created key " + made.first() + " in " + file));
            return ExitStatus.DONE.code();
        } catch (FileAlreadyExistsException e) {
            throw new ParameterException(
                    spec.commandLine(), file + " exists, and its keys may be needed; choose another file", e);
        }
    }
}
