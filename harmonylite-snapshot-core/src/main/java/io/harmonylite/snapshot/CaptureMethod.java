package io.harmonylite.snapshot;

/** Controls how a take copies the live database. Either way the copy is one committed state of it. */
public enum CaptureMethod {
    /**
     * Copies the files by a child process while a read transaction is held: several times faster, and without additional
     * space on a file system that clones files. The copy may contain commits that are later than the beginning of that
     * transaction. SQLite copies instead if the database has less than 16 MiB, the system is not Linux, the file system is not a local one that is known, the
     * program {@code cp} is missing, changes were pending at first, or the rate of the copy is limited.
     */
    FILES,
    /** Copies page by page by SQLite's backup. */
    SQLITE
}
