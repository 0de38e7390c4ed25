package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where a store is. Its text is without user and password.
 *
 * @param uri the URI as it was given; may hold a password
 */
record StoreUri(URI uri) {

    /**
     * Reads the URI of a store whose scheme {@link Stores} knows.
     *
     * @throws IllegalArgumentException where it is none
     */
    static StoreUri parse(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null) {
                throw new IllegalArgumentException("'" + text + "' is no URI; for a directory write "
                        + Path.of(text).normalize().toUri());
            }
            return new StoreUri(Stores.check(uri));
        } catch (URISyntaxException e) {
            String place = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            throw new IllegalArgumentException(
                    "not a URI: " + e.getReason() + place + "; write a space as %20, for instance", e);
        }
    }

    @Override
    public String toString() {
        return Secrets.hide(uri.toString());
    }
}
