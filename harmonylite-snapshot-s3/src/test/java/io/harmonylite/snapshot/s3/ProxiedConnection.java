package io.harmonylite.snapshot.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.harmonylite.snapshot.s3.ConnectionFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * One connection through a {@link FaultProxy}, with one thread for each direction. A request begins with its method.
 */
final class ProxiedConnection {

    private static final Pattern REQUEST = Pattern.compile("(GET|HEAD|PUT|POST|DELETE) /.*", Pattern.DOTALL);
    private static final String CONTINUE = "HTTP/1.1 100 ";
    private static final String END = "\r\n\r\n";
    private static final int PIECE = 16 << 10;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private volatile ConnectionFault fault = ConnectionFault.none();
    private final AtomicLong responded = new AtomicLong();

    ProxiedConnection(FaultProxy proxy, Socket client, Socket server) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
    }

    void relayRequests() {
        try {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] buffer = new byte[64 << 10];
            long requested = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (isRequest(buffer, count)) {
                    fault = proxy.take();
                    responded.set(0);
                    requested = 0;
                }
                if (fault.kind() == Kind.RESPOND_AT_ONCE) {
                    respondInstead(buffer, count, in);
                    return;
                }
                int passing = passing(Kind.RESET_REQUEST, requested, count);
                forward(buffer, passing, out);
                requested += count;
                if (passing < count) {
                    resetBoth();
                    return;
                }
            }
            server.close();
        } catch (IOException e) {
            resetBoth();
        }
    }

    /** A server that responds early may close its side; the client still sends everything and reads the response. */
    private static void forward(byte[] buffer, int count, OutputStream out) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            return; // The server has responded early.
        }
    }

    void relayResponses() {
        try {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[PIECE];
            boolean isOpen = true;
            for (int count = in.read(buffer); isOpen && count >= 0; count = in.read(buffer)) {
                int interim = interimLength(buffer, count);
                client.getOutputStream().write(buffer, 0, interim);
                isOpen = relayResponse(buffer, interim, count - interim);
            }
            if (isOpen) {
                client.shutdownOutput();
            }
        } catch (IOException e) {
            resetBoth();
        }
    }

    /** Returns the length of an interim response ({@code 100 Continue}) at the start of the buffer. */
    private static int interimLength(byte[] buffer, int count) {
        String text = new String(buffer, 0, count, ISO_8859_1);
        return text.startsWith(CONTINUE) ? text.indexOf(END) + END.length() : 0;
    }

    private boolean relayResponse(byte[] buffer, int from, int count) throws IOException {
        int passing = passingResponse(count);
        client.getOutputStream().write(buffer, from, passing);
        responded.addAndGet(count);
        if (passing < count) {
            breakResponse();
            return false;
        }
        if (fault.kind() == Kind.SLOW_RESPONSE) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
        }
        return true;
    }

    private int passingResponse(int count) {
        return switch (fault.kind()) {
            case RESET_RESPONSE, TRUNCATE_RESPONSE, STALL_RESPONSE -> passing(fault.kind(), responded.get(), count);
            default -> count;
        };
    }

    private int passing(Kind kind, long before, int count) {
        return fault.kind() == kind ? (int) Math.max(0, Math.min(count, fault.after() - before)) : count;
    }

    private void breakResponse() throws IOException {
        switch (fault.kind()) {
            case TRUNCATE_RESPONSE -> client.shutdownOutput();
            case STALL_RESPONSE -> {}
            default -> resetBoth();
        }
    }

    /**
     * Sends {@code 100 Continue} if the client expects it, reads the whole request, and returns the planned response.
     */
    private void respondInstead(byte[] buffer, int count, InputStream in) throws IOException {
        OutputStream out = client.getOutputStream();
        WholeRequest request = new WholeRequest();
        request.add(buffer, count);
        if (request.expectsContinue()) {
            out.write(FaultProxy.bytes(CONTINUE + "Continue\r\n\r\n"));
        }
        while (!request.isComplete()) {
            int more = in.read(buffer);
            if (more < 0) {
                return;
            }
            request.add(buffer, more);
        }
        out.write(FaultProxy.bytes(fault.response()));
        client.shutdownOutput();
        server.close();
    }

    private void resetBoth() {
        FaultProxy.reset(client);
        FaultProxy.reset(server);
    }

    private static boolean isRequest(byte[] buffer, int count) {
        return REQUEST.matcher(new String(buffer, 0, Math.min(count, 100), ISO_8859_1))
                .matches();
    }
}
