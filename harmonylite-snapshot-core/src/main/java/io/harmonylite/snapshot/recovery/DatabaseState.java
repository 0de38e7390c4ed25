package io.harmonylite.snapshot.recovery;

/** State of the file at the database's path. */
public enum DatabaseState {
    /** No file exists, or the file has 0 bytes. */
    MISSING,
    /** SQLite cannot read the schema: the file is damaged, encrypted or not a database. */
    DAMAGED,
    /** No user table holds a row; reserved tables are ignored. */
    WITHOUT_ROWS,
    /** At least one user table holds a row. */
    WITH_ROWS
}
