package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where a snapshot of HarmonyLite's is. Its text is without user and password.
 *
 * @param uri the URI as it was given; may hold a password
 */
record PlaceUri(URI uri) {

    /**
     * Reads the URI of a place whose scheme {@link Places} knows.
     *
     * @throws IllegalArgumentException where it is none
     */
    static PlaceUri parse(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null) {
                throw new IllegalArgumentException("'" + text + "' is no URI; for a file write "
                        + Path.of(text).toAbsolutePath().normalize().toUri());
            }
            return new PlaceUri(Places.check(uri));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "not a URI: " + e.getReason() + "; write a space as %20, for instance", e);
        }
    }

    @Override
    public String toString() {
        return Secrets.hide(uri.toString());
    }
}
