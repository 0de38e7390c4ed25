package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.WriteBarrier;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where an image is restored to, and how it is installed there. */
@SuppressWarnings("NullAway.Init") // The option is required.
final class InstallOptions {

    @Option(
            names = "--database",
            required = true,
            paramLabel = "DB",
            description = "Where to restore to. The directory must exist, the database need not.")
    private Path database;

    @Option(
            names = "--online",
            description = "Write the image into the database under open connections: your word that nobody writes "
                    + "meanwhile. Needs the same page size and encoding, and room for the image twice.")
    private boolean online;

    @Option(
            names = "--keep-previous",
            description = "Keep the file that is replaced, as DB.previous-<restore id>. Not with --online.")
    private boolean keepPrevious;

    @Option(
            names = "--allow-schema-change",
            description =
                    "Restore also where the snapshot has an older user_version, or lacks a table, column or index "
                            + "that the database has.")
    private boolean schemaChange;

    Path database() {
        return database;
    }

    /** The same request, installed as it was asked for. */
    RestoreRequest applyTo(RestoreRequest request) {
        RestoreRequest how = online ? request.online(WriteBarrier.noWriters()) : request;
        how = keepPrevious ? how.keepPrevious() : how;
        return schemaChange ? how.allowSchemaChange() : how;
    }
}
