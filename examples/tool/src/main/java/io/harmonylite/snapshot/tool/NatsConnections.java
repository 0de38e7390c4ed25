package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Connects to NATS. Exceptions carry no password. */
final class NatsConnections {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int DEFAULT_PORT = 4222;
    private static final ErrorListener SILENT = new ErrorListener() {};

    private NatsConnections() {}

    /** Connects to the server of a URL, with the credentials in the URL or in a file. */
    static Connection connect(URI uri, @Nullable Path credentials) throws IOException {
        Options.Builder options = Options.builder()
                .server(address(uri))
                .connectionName("snapshot-tool")
                .connectionTimeout(CONNECT_TIMEOUT)
                .errorListener(SILENT);
        identify(options, uri.getUserInfo());
        if (credentials != null) {
            if (!Files.isReadable(credentials)) {
                throw new StoreAccessException(
                        "the credentials file " + credentials + " cannot be read; check --nats-creds");
            }
            options.authHandler(Nats.credentials(credentials.toString()));
        }
        return connect(options.build(), uri);
    }

    private static Connection connect(Options options, URI uri) throws IOException {
        try {
            return Nats.connect(options);
        } catch (AuthenticationException e) {
            throw new StoreAccessException(
                    "NATS at " + address(uri) + " rejected the credentials; check the URL or --nats-creds", e);
        } catch (IOException e) {
            throw new IOException(
                    "NATS at " + address(uri) + " cannot be reached: " + e.getMessage()
                            + "; check the URL and the server",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while connecting to NATS at " + address(uri));
        }
    }

    private static void identify(Options.Builder options, @Nullable String userInfo) {
        if (userInfo == null) {
            return;
        }
        int colon = userInfo.indexOf(':');
        if (colon < 0) {
            options.token(userInfo.toCharArray());
        } else {
            options.userInfo(
                    userInfo.substring(0, colon).toCharArray(),
                    userInfo.substring(colon + 1).toCharArray());
        }
    }

    /** Closes a connection. */
    static void close(Connection connection) throws InterruptedIOException {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while closing the connection to NATS");
        }
    }

    /** Returns the URL without user, password and path. */
    static String address(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }
}
