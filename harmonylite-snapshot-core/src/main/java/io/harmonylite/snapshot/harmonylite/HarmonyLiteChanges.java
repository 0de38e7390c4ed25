package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.change.LocalChanges;
import io.harmonylite.snapshot.exception.UnpublishedChangesException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.sqlite.ChangeLogCarry;
import io.harmonylite.snapshot.internal.sqlite.ChangeLogCarry.UnfitException;
import io.harmonylite.snapshot.internal.sqlite.ChangeLogs;
import io.harmonylite.snapshot.internal.sqlite.FileOwnership;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/**
 * The changes that a node of HarmonyLite has not published yet: the rows of its change logs whose {@code state} is not 1. In
 * the original a restore loses them all, on every node (D8).
 *
 * <p>A restore brings them into the image: their effect on the data, in the order of the global log, and without the user's
 * triggers, whose own changes are in the logs as well; then the logs with these rows and their numbers, counters and
 * triggers, so that the node still publishes them. Rows that are published stay behind.
 *
 * <p>Where a change does not fit the image, because its table has other columns or a constraint forbids it, the restore stops
 * with an {@link UnpublishedChangesException} and nothing is changed; all pending changes are in the file {@code
 * <database>.harmonylite-unpublished.sql} then, as statements, besides in the database itself. An update of a key that was not
 * published leaves the row with the old key in the image: no log says what that was (N11).
 *
 * <p>Immutable and thread-safe. A database without change logs has no such changes.
 */
public final class HarmonyLiteChanges implements LocalChanges {

    /** What follows the database's name in the name of the file that holds changes which do not fit. */
    public static final String EXPORT_SUFFIX = ".harmonylite-unpublished.sql";

    private final FileOperations files;

    private HarmonyLiteChanges(FileOperations files) {
        this.files = files;
    }

    /** The changes of a node. Does no I/O. */
    public static HarmonyLiteChanges create() {
        return new HarmonyLiteChanges(new SystemFileOperations());
    }

    /** None: HarmonyLite's tables have reserved names, and are part of no snapshot in any case. */
    @Override
    public Set<String> tables() {
        return Set.of();
    }

    @Override
    public long pending(Connection database) throws SQLException {
        return new ChangeLogs(database).pending();
    }

    @Override
    public long carry(Connection database, Connection staged) throws SQLException {
        try {
            return ChangeLogCarry.of(database, staged).run();
        } catch (UnfitException e) {
            throw stop(new ChangeLogs(database), e);
        }
    }

    private UnpublishedChangesException stop(ChangeLogs logs, UnfitException reason) throws SQLException {
        Path database = logs.file();
        Path target = database.resolveSibling(database.getFileName() + EXPORT_SUFFIX);
        String kept;
        try {
            export(logs, database, target);
            kept = "All of them are in " + target + " too";
        } catch (IOException e) {
            reason.addSuppressed(e); // They are in the database still, which was not touched.
            kept = "They could not be written to " + target + " (" + e.getMessage() + ")";
        }
        return new UnpublishedChangesException(
                database + " holds changes that are not published and do not fit the image: " + reason.getMessage()
                        + ". Nothing was changed. " + kept + "; publish them first, or drop them and make them again"
                        + " afterwards",
                reason);
    }

    /** Replaces what an earlier attempt wrote: the database still holds all of that. */
    private void export(ChangeLogs logs, Path database, Path target) throws IOException, SQLException {
        Path temporary = target.resolveSibling(target.getFileName() + ".new");
        files.delete(temporary);
        try (FileChannel channel = files.create(temporary)) {
            FileOwnership.of(database).applyTo(temporary); // Who may not read the one must not read the other.
            logs.<IOException>forEachStatement(line -> {
                byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
                files.write(channel, ByteBuffer.wrap(bytes), channel.size());
            });
            files.sync(channel);
        }
        files.rename(temporary, target);
        files.syncDirectory(Objects.requireNonNull(target.getParent(), "a database's file has a directory"));
    }
}
