package io.harmonylite.snapshot.harmonylite;

/** Whether a snapshot's tag says something of its bytes. */
public enum TagCheck {
    /** The bytes have the tag that was kept beside them. */
    MATCHES,
    /** No tag was kept beside them: a byte that changed inside a row cannot be told. The whole of SQLite's check was made. */
    NOT_KEPT
}
