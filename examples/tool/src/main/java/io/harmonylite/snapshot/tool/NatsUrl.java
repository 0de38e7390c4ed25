package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Where a server of NATS is. Its text is without user and password.
 *
 * @param uri the URL as it was given; may hold a password
 */
record NatsUrl(URI uri) {

    private static final Set<String> SCHEMES = Set.of("nats", "tls");

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException where it is none
     */
    static NatsUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + e.getReason() + "; write nats://host:port", e);
        }
        if (!SCHEMES.contains(uri.getScheme()) || uri.getHost() == null || !isBare(uri)) {
            throw new IllegalArgumentException("not the URL of a server; write nats://host:port");
        }
        return new NatsUrl(uri);
    }

    private static boolean isBare(URI uri) {
        return (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null;
    }

    @Override
    public String toString() {
        return Secrets.hide(uri.toString());
    }
}
