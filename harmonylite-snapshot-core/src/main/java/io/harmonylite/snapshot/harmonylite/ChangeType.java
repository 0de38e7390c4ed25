package io.harmonylite.snapshot.harmonylite;

/** What was done to a row. */
public enum ChangeType {
    /** It was inserted. */
    INSERT,
    /** It was updated. */
    UPDATE,
    /** It was deleted. */
    DELETE
}
