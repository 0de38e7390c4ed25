package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * The URL of a NATS server. Its text has no user and no password.
 *
 * @param uri the URL as given; may contain a password
 */
record NatsUrl(URI uri) {

    private static final Set<String> SCHEMES = Set.of("nats", "tls");

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException if it is not the URL of a NATS server
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
