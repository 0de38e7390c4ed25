package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.WriteBarrier;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The database to restore, and how the image is installed. */
@SuppressWarnings("NullAway.Init") // The option is required.
final class InstallOptions {

    @Option(
            names = "--database",
            required = true,
            paramLabel = "DB",
            description = "Database to restore. Its directory must exist; the database may be missing.")
    private Path database;

    @Option(
            names = "--online",
            description =
                    "Write the image into the database while connections are open. You confirm that no process writes "
                            + "during the restore. Needs the same page size and encoding, and space for two images.")
    private boolean online;

    @Option(
            names = "--keep-previous",
            description = "Keep the replaced file as DB.previous-<restore id>. Not with --online.")
    private boolean keepPrevious;

    @Option(
            names = "--allow-schema-change",
            description =
                    "Restore even if the snapshot has an older user_version, or lacks a table, column or index of the "
                            + "database.")
    private boolean schemaChange;

    Path database() {
        return database;
    }

    /** Returns the request with these options. */
    RestoreRequest applyTo(RestoreRequest request) {
        RestoreRequest how = online ? request.online(WriteBarrier.noWriters()) : request;
        how = keepPrevious ? how.keepPrevious() : how;
        return schemaChange ? how.allowSchemaChange() : how;
    }
}
