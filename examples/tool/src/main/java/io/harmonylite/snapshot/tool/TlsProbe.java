package io.harmonylite.snapshot.tool;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why the TLS handshake with a NATS server fails. With TLS 1.3 a server rejects a client certificate only
 * after the handshake, and the client library then reports a timeout.
 *
 * @see <a href="https://docs.nats.io/reference/reference-protocols/nats-protocol">NATS client protocol</a>
 */
final class TlsProbe {

    private TlsProbe() {}

    /** Returns the failure of the handshake with the server at a URL, or null if there is none or no such server. */
    static @Nullable SSLException failure(String url, SSLContext context, Duration timeout) {
        URI server = URI.create(url);
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(server.getHost(), server.getPort()), (int) timeout.toMillis());
            plain.setSoTimeout((int) timeout.toMillis());
            skipLine(plain.getInputStream()); // INFO {...}
            try (SSLSocket tls = (SSLSocket)
                    context.getSocketFactory().createSocket(plain, server.getHost(), server.getPort(), true)) {
                tls.startHandshake();
                tls.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                skipLine(tls.getInputStream());
            }
            return null;
        } catch (SSLException e) {
            return e;
        } catch (IOException e) {
            return null; // The connection failed before or after TLS.
        }
    }

    private static void skipLine(InputStream in) throws IOException {
        for (int next = in.read(); next >= 0 && next != '\n'; ) {
            next = in.read();
        }
    }
}
