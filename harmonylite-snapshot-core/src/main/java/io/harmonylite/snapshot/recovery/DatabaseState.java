package io.harmonylite.snapshot.recovery;

/** What is found at the database's path. */
public enum DatabaseState {
    /** There is no file, or one of 0 bytes. */
    MISSING,
    /** SQLite cannot read its schema: it is damaged, encrypted or no database. */
    DAMAGED,
    /** No user table holds a row; reserved tables are not counted. */
    WITHOUT_ROWS,
    /** A user table holds a row. */
    WITH_ROWS
}
