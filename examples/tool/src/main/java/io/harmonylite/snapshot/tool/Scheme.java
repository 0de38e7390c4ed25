package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;

/**
 * A URI scheme: opens what its URIs name, either as a store of snapshots or as the location of HarmonyLite's single
 * snapshot. Closing the result closes everything that was opened for it. Exceptions are of the types that
 * {@link ExitStatus} lists, and carry no password.
 */
interface Scheme {

    /** Returns the form of these URIs, for messages. */
    String form();

    /**
     * Checks a URI of this scheme without I/O.
     *
     * @throws IllegalArgumentException if the URI is not of this form
     */
    void check(URI uri);

    /**
     * Opens an existing store.
     *
     * @throws ContainerMissingException if the store does not exist; the status is then 3
     */
    SnapshotStore open(URI uri, StorageOptions options) throws IOException;

    /** Opens a store, and creates it first if it is missing and this scheme can create it. */
    SnapshotStore create(URI uri, StorageOptions options) throws IOException;

    /** Opens the location of HarmonyLite's snapshot. */
    HarmonyLiteLocation openHarmonyLite(URI uri, StorageOptions options) throws IOException;
}
