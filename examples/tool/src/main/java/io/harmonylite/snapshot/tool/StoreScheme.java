package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;

/**
 * One kind of store. What it returns closes everything it opened; what it throws, {@link ExitStatus} understands, and
 * holds no secret.
 */
interface StoreScheme {

    /** What a URI of this kind looks like, for messages. */
    String form();

    /**
     * Refuses a URI that does not fit; does no I/O.
     *
     * @throws IllegalArgumentException where it does not, saying why
     */
    void check(URI uri);

    /**
     * Opens a store that is there.
     *
     * @throws ContainerMissingException where it is not, and that is to be status 3
     */
    SnapshotStore open(StoreOptions options) throws IOException;

    /** Opens a store, creating it where it is missing, if this kind of store may be. */
    SnapshotStore create(StoreOptions options) throws IOException;
}
