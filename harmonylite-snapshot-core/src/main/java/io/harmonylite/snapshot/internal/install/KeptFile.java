package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file that a swap replaces, kept next to the new one: until the rename a hard link to the live file. */
final class KeptFile {

    /** Infix of a kept sound database. The file is complete in itself, in rollback mode. */
    static final String PREVIOUS = DatabasePath.PREVIOUS;

    /** Infix of a kept damaged database. Its sidecars are kept under the same name, so that SQLite finds them. */
    static final String DAMAGED = DatabasePath.DAMAGED;

    private final FileOperations files;
    private final DatabasePath database;
    private final Path path;

    KeptFile(FileOperations files, DatabasePath database, String infix, String restoreId) {
        this.files = files;
        this.database = database;
        this.path = database.sibling(infix + restoreId);
    }

    /** Returns the path of the kept file. */
    Path path() {
        return path;
    }

    /** Creates the hard link to the live file. Durable on return. */
    void link() throws IOException {
        try {
            files.link(path, database.file());
        } catch (IOException | UnsupportedOperationException e) {
            if (FileFailures.isWithoutLinks(e)) {
                throw new SnapshotConfigurationException(
                        database + " cannot be kept as " + path.getFileName()
                                + ": its file system does not support hard links; move it to one that does",
                        e);
            }
            throw e;
        }
        files.syncDirectory(database.directory());
    }

    /** Renames the sidecars of the live file to those of the kept file. */
    void moveSidecars() throws IOException {
        moveSidecars(database.file(), path);
    }

    /** Undoes the link and the move of the sidecars, unless the kept file is now the last copy. */
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
