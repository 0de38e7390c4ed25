package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a URL such as {@code nats://host:port} or {@code tls://host1:port,host2:port}. The text has no user and
 * no password.
 *
 * @param scheme {@code nats}, or {@code tls} if each connection must use TLS
 * @param addresses hosts with their ports
 * @param userInfo user and password or a token in the URL as given, or null; secret
 */
record NatsServers(
        String scheme, List<String> addresses, @Nullable String userInfo) {

    /** The schemes of NATS. */
    static final Set<String> SCHEMES = Set.of("nats", "tls");

    private static final int DEFAULT_PORT = 4222;
    private static final Pattern HOST = Pattern.compile("[^:/@\\s\\[\\]]+|\\[[0-9A-Fa-f:.]+]");

    /**
     * Parses the URL of servers.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static NatsServers parse(String text) {
        try {
            URI uri = new URI(withOneScheme(text));
            if (!uri.getPath().matches("/?") || uri.getQuery() != null || uri.getFragment() != null) {
                throw new IllegalArgumentException("the URL continues after the servers; write " + form());
            }
            return of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + e.getReason() + "; write " + form(), e);
        }
    }

    /** Returns a list in which only the first server has a scheme; {@code tls} if any server had that one. */
    static String withOneScheme(String text) {
        String joined = text.replaceAll(",\\s*(?:nats|tls)://", ",");
        return text.contains(",tls://") ? joined.replaceFirst("^nats:", "tls:") : joined;
    }

    /**
     * Returns the servers that a URI names.
     *
     * @throws IllegalArgumentException if it names none
     */
    static NatsServers of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String authority = uri.getRawAuthority();
        if (!SCHEMES.contains(scheme) || authority == null) {
            throw new IllegalArgumentException("the URL names no server; write " + form());
        }
        if (uri.getHost() != null) {
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return new NatsServers(scheme, List.of(address(uri.getHost() + port)), uri.getUserInfo());
        }
        String[] servers = authority.split(",", -1); // Java's URI knows no list, and returns neither host nor user.
        List<String> addresses = Stream.of(servers)
                .map(server -> address(server.substring(server.lastIndexOf('@') + 1)))
                .toList();
        int end = servers[0].lastIndexOf('@');
        String user = end < 0
                ? null
                : URI.create("x://" + servers[0].substring(0, end) + "@x").getUserInfo();
        return new NatsServers(scheme, addresses, user);
    }

    private static String address(String server) {
        int colon = server.endsWith("]") ? -1 : server.lastIndexOf(':');
        String host = colon < 0 ? server : server.substring(0, colon);
        String port = colon < 0 ? Integer.toString(DEFAULT_PORT) : server.substring(colon + 1);
        if (!HOST.matcher(host).matches() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 0xFFFF) {
            throw new IllegalArgumentException("the URL names no server; write " + form());
        }
        return host + ":" + port;
    }

    private static String form() {
        return "nats://host:port, tls://host:port or nats://host1:port,host2:port";
    }

    /** Returns a URL for each server. */
    String[] urls() {
        return addresses.stream().map(address -> scheme + "://" + address).toArray(String[]::new);
    }

    @Override
    public String toString() {
        return scheme + "://" + String.join(",", addresses);
    }
}
