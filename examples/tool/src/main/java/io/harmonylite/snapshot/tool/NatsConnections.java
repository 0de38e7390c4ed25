package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connects to NATS. Exceptions carry no password. */
final class NatsConnections {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    /** How long connecting is repeated: as long as a store retries its calls. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private NatsConnections() {}

    /**
     * Connects to one of the servers. A server that requires TLS gets it with both schemes. Repeats failed attempts for
     * 20 seconds.
     *
     * @throws StoreAccessException if the server rejects the credentials, or the TLS handshake fails
     * @throws IOException if no server can be reached
     */
    static Connection connect(NatsServers servers, NatsOptions nats) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean always = servers.scheme().equals("tls") || nats.requireTls();
        IOException first = null;
        for (boolean tls = always; ; tls = always || !tls) {
            try {
                return connectOnce(servers, nats, tls, timeout(end));
            } catch (StoreAccessException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                first = first == null ? e : first;
                if (System.nanoTime() - end > 0) {
                    throw first;
                }
            }
            if (tls) {
                pause(servers);
            }
        }
    }

    private static Duration timeout(long end) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        return left.compareTo(CONNECT_TIMEOUT) < 0 ? left.plus(BETWEEN_ATTEMPTS) : CONNECT_TIMEOUT;
    }

    private static Connection connectOnce(NatsServers servers, NatsOptions nats, boolean tls, Duration timeout)
            throws IOException {
        AtomicReference<@Nullable Exception> reported = new AtomicReference<>();
        Options.Builder options = Options.builder()
                .servers(servers.urls())
                .connectionName("snapshot-tool")
                .connectionTimeout(timeout)
                .errorListener(new ErrorListener() {
                    @Override
                    public void exceptionOccurred(Connection connection, Exception e) {
                        reported.set(e);
                    }
                });
        nats.identify(options, servers.userInfo());
        SSLContext context = tls ? nats.tls() : null;
        options.sslContext(context);
        try {
            return Nats.connect(options.build());
        } catch (AuthenticationException e) {
            throw new StoreAccessException(
                    "NATS at " + servers + " rejected the credentials; check the URL or the --nats options", e);
        } catch (IOException e) {
            if (rootOf(e) instanceof InterruptedException || reported.get() instanceof InterruptedException) {
                throw interrupted(servers); // The client has cleared the interrupt.
            }
            Exception rejected = context == null ? null : handshakeFailure(servers, context, timeout);
            Exception cause = rejected == null ? reported.get() : rejected;
            throw failure(servers, e, rootOf(cause == null ? e : cause));
        } catch (InterruptedException e) {
            throw interrupted(servers);
        }
    }

    private static IOException failure(NatsServers servers, IOException failure, Throwable root) {
        String text = root instanceof TimeoutException ? "no answer in time" : root.toString();
        return root instanceof SSLException || root instanceof GeneralSecurityException
                ? new StoreAccessException(
                        "the TLS handshake with NATS at " + servers + " failed: " + text
                                + "; check --nats-ca, --nats-cert and the certificate of the server",
                        failure)
                : new IOException(
                        "NATS at " + servers + " cannot be reached: " + text + "; check the URL and the server",
                        failure);
    }

    private static @Nullable SSLException handshakeFailure(NatsServers servers, SSLContext context, Duration timeout) {
        return Stream.of(servers.urls())
                .map(url -> TlsProbe.failure(url, context, timeout))
                .filter(failure -> failure != null)
                .findFirst()
                .orElse(null);
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static void pause(NatsServers servers) throws InterruptedIOException {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(servers);
        }
    }

    private static InterruptedIOException interrupted(NatsServers servers) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while connecting to NATS at " + servers);
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
}
