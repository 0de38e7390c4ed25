package io.harmonylite.snapshot.internal.take;

/** What a take stores. */
public enum TakeMode {
    /** The pages that the base does not have. */
    INCREMENTAL,
    /** All pages. */
    FULL,
    /** Nothing if the base is identical: the same image at the same positions. Otherwise as {@link #INCREMENTAL}. */
    UNLESS_UNCHANGED
}
