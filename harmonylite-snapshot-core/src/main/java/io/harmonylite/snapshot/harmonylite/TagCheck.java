package io.harmonylite.snapshot.harmonylite;

/** The result of comparing a snapshot's bytes with its tag. */
public enum TagCheck {
    /** The bytes match the stored tag. */
    MATCHES,
    /** No tag was stored, so a byte that changed inside a row goes unnoticed. SQLite's full check was run instead. */
    NOT_KEPT
}
