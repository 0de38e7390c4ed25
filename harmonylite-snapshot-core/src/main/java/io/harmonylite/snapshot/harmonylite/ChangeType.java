package io.harmonylite.snapshot.harmonylite;

/** The type of a row change. */
public enum ChangeType {
    /** The row was inserted. */
    INSERT,
    /** The row was updated. */
    UPDATE,
    /** The row was deleted. */
    DELETE
}
