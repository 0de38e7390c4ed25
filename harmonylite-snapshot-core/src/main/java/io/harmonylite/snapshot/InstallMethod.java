package io.harmonylite.snapshot;

/** The way in which a restored image replaces the live database. */
public enum InstallMethod {
    /**
     * A rename replaces the old file with a new one. Processes that still have the old file open continue to read the
     * old file.
     */
    SWAP,
    /** One transaction writes the image into the existing file. Connections stay open and read the new content. */
    ONLINE
}
