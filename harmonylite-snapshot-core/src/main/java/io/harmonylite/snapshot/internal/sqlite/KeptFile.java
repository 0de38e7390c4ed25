package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file that a swap replaces, kept beside the new one under a name of its own. Until the rename that is a second name,
 * a hard link, of the live file: a swap that does not get that far takes it back.
 */
final class KeptFile {

    /** What follows the name of a sound database: the kept file is complete in itself, in rollback mode. */
    static final String PREVIOUS = ".previous-";

    /** What follows the name of a damaged one: its sidecars are kept under the same name, so that SQLite finds them. */
    static final String DAMAGED = ".damaged-";

    private final FileOperations files;
    private final DatabasePath database;
    private final Path path;

    KeptFile(FileOperations files, DatabasePath database, String infix, String restoreId) {
        this.files = files;
        this.database = database;
        this.path = database.sibling(infix + restoreId);
    }

    /** Its name. */
    Path path() {
        return path;
    }

    /** Gives the live file its second name; durable on return. */
    void link() throws IOException {
        try {
            files.link(path, database.file());
        } catch (IOException | UnsupportedOperationException e) {
            if (FileFailures.isWithoutLinks(e)) {
                throw new SnapshotConfigurationException(
                        database + " cannot be kept as " + path.getFileName() + ": no hard link can be made there", e);
            }
            throw e;
        }
        files.syncDirectory(database.directory());
    }

    /** Moves the sidecars of the live file along. */
    void moveSidecars() throws IOException {
        moveSidecars(database.file(), path);
    }

    /** Undoes what was done, unless the live file was replaced already, or is gone: then this is the last of it. */
    void takeBack() throws IOException {
        if (Files.exists(path) && Files.exists(database.file()) && Files.isSameFile(path, database.file())) {
            moveSidecars(path, database.file());
            files.delete(path);
            files.syncDirectory(database.directory());
        }
    }

    private void moveSidecars(Path from, Path to) throws IOException {
        List<Path> sources = DatabasePath.sidecarsOf(from);
        List<Path> targets = DatabasePath.sidecarsOf(to);
        for (int i = 0; i < sources.size(); i++) {
            if (Files.exists(sources.get(i)) && !Files.exists(targets.get(i))) {
                files.rename(sources.get(i), targets.get(i));
            }
        }
    }
}
