package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * The URL of an S3 service.
 *
 * @param uri scheme, host and optional port; never a password
 */
record S3Endpoint(URI uri) {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException if it is not the URL of a service
     */
    static S3Endpoint parse(String text) {
        URI uri = URI.create(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme) || uri.getHost() == null) {
            throw new IllegalArgumentException("not the URL of a service; write https://host or https://host:port");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the URL of the service contains credentials; give them by environment or profile");
        }
        return new S3Endpoint(uri);
    }
}
