package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Where a service is that speaks S3.
 *
 * @param uri scheme, host and maybe port; never a password
 */
record S3Endpoint(URI uri) {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException where it is no URL of a service
     */
    static S3Endpoint parse(String text) {
        URI uri = URI.create(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme) || uri.getHost() == null) {
            throw new IllegalArgumentException("not the URL of a service; write https://host or https://host:port");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "credentials do not belong into the URL of a service; give them by environment or profile");
        }
        return new S3Endpoint(uri);
    }
}
