package io.harmonylite.snapshot;

/** How a restored image got into the place of the live database. */
public enum InstallMethod {
    /** A new file took the place of the old one by a rename. Whoever had the old file open has the old file. */
    SWAP,
    /** The image was written into the file that was there, as one transaction. Connections stay open and see it. */
    ONLINE
}
