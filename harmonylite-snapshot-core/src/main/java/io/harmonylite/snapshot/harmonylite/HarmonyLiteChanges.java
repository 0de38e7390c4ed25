package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.internal.changelog.ChangeLogTransfer;
import io.harmonylite.snapshot.internal.changelog.ChangeLogTransfer.UnfitException;
import io.harmonylite.snapshot.internal.changelog.ChangeLogs;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.FileRights;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
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
 * The pending changes of a HarmonyLite node: the rows of its change logs whose {@code state} is not 1. A restore by
 * HarmonyLite itself loses them on every node (fault D8).
 *
 * <p>A restore by this library transfers them into the image. First it applies their effect to the data, in the order
 * of the global log. The user's triggers do not fire, because their changes are in the logs as well. Then it creates
 * the logs with the pending rows, their numbers, counters and triggers, so that the node still publishes them.
 * Published rows are not transferred.
 *
 * <p>A change may not fit the image, because its table has other columns or a constraint forbids it. Then the restore
 * throws an {@link PendingChangesException} and changes nothing. All pending changes stay in the database, and are
 * written as statements to the file {@code <database>.harmonylite-unpublished.sql}. A pending update of a key leaves
 * the row with the old key in the image, because no log contains the old key (fault N11).
 *
 * <p>Immutable and thread-safe. A database without change logs has no pending changes.
 */
public final class HarmonyLiteChanges implements PendingChanges {

    /** Suffix of the file for changes that do not fit; it follows the name of the database. */
    public static final String EXPORT_SUFFIX = ".harmonylite-unpublished.sql";

    private final FileOperations files;

    private HarmonyLiteChanges(FileOperations files) {
        this.files = files;
    }

    /** Creates an instance. Does no I/O. */
    public static HarmonyLiteChanges create() {
        return new HarmonyLiteChanges(new SystemFileOperations());
    }

    /** Returns an empty set: HarmonyLite's tables have reserved names, and no snapshot contains them in any case. */
    @Override
    public Set<String> tables() {
        return Set.of();
    }

    @Override
    public long count(Connection database) throws SQLException {
        return new ChangeLogs(database).pending();
    }

    @Override
    public long transfer(Connection database, Connection staged) throws SQLException {
        try {
            return ChangeLogTransfer.of(database, staged).run();
        } catch (UnfitException e) {
            throw stop(new ChangeLogs(database), e);
        }
    }

    private PendingChangesException stop(ChangeLogs logs, UnfitException reason) throws SQLException {
        Path database = logs.file();
        Path target = database.resolveSibling(database.getFileName() + EXPORT_SUFFIX);
        String exported;
        try {
            export(logs, database, target);
            exported = "All pending changes were also written to " + target;
        } catch (IOException e) {
            reason.addSuppressed(e); // Nothing is lost: the database still holds them and was not touched.
            exported = "They could not be written to " + target + " (" + e.getMessage() + ")";
        }
        return new PendingChangesException(
                database + " holds pending changes that do not fit the image: " + reason.getMessage()
                        + ". Nothing was changed. " + exported + "; publish them first, or discard them and make them"
                        + " again after the restore",
                reason);
    }

    /** Replaces the file of an earlier attempt: the database still holds all its changes. */
    private void export(ChangeLogs logs, Path database, Path target) throws IOException, SQLException {
        Path temporary = target.resolveSibling(target.getFileName() + ".new");
        files.delete(temporary);
        try (FileChannel channel = files.createPrivate(temporary)) {
            FileRights.of(database).applyTo(temporary); // It must not be readable by more users.
            logs.<IOException>forEachStatement(line -> {
                byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
                files.write(channel, ByteBuffer.wrap(bytes), channel.size());
            });
            files.sync(channel);
        }
        files.rename(temporary, target);
        files.syncDirectory(
                Objects.requireNonNull(target.getParent(), "the file of a database has a parent directory"));
    }
}
