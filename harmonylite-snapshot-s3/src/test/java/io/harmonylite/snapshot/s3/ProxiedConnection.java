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

/** One connection through a {@link FaultProxy}: a thread for each direction. A request begins with its method. */
final class ProxiedConnection {

    private static final Pattern REQUEST = Pattern.compile("(GET|HEAD|PUT|POST|DELETE) /.*", Pattern.DOTALL);
    private static final String CONTINUE = "HTTP/1.1 100 ";
    private static final String END = "\r\n\r\n";
    private static final int PIECE = 16 << 10;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private volatile ConnectionFault fault = ConnectionFault.none();
    private final AtomicLong answered = new AtomicLong();

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
            long asked = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (isRequest(buffer, count)) {
                    fault = proxy.take();
                    answered.set(0);
                    asked = 0;
                }
                if (fault.kind() == Kind.ANSWER_AT_ONCE) {
                    answerInstead(buffer, count, in);
                    return;
                }
                int passing = passing(Kind.RESET_REQUEST, asked, count);
                forward(buffer, passing, out);
                asked += count;
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

    /** A server that answers early may take no more; the client sends all and reads the answer. */
    private static void forward(byte[] buffer, int count, OutputStream out) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            return; // As said.
        }
    }

    void relayAnswers() {
        try {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[PIECE];
            boolean goesOn = true;
            for (int count = in.read(buffer); goesOn && count >= 0; count = in.read(buffer)) {
                int interim = interim(buffer, count);
                client.getOutputStream().write(buffer, 0, interim);
                goesOn = relayAnswer(buffer, interim, count - interim);
            }
            if (goesOn) {
                client.shutdownOutput();
            }
        } catch (IOException e) {
            resetBoth();
        }
    }

    /** How much of it is a word to go on with the request, and not yet the answer. */
    private static int interim(byte[] buffer, int count) {
        String text = new String(buffer, 0, count, ISO_8859_1);
        return text.startsWith(CONTINUE) ? text.indexOf(END) + END.length() : 0;
    }

    private boolean relayAnswer(byte[] buffer, int from, int count) throws IOException {
        int passing = passingAnswer(count);
        client.getOutputStream().write(buffer, from, passing);
        answered.addAndGet(count);
        if (passing < count) {
            breakAnswer();
            return false;
        }
        if (fault.kind() == Kind.SLOW_ANSWER) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
        }
        return true;
    }

    private int passingAnswer(int count) {
        return switch (fault.kind()) {
            case RESET_ANSWER, CUT_ANSWER, STALL_ANSWER -> passing(fault.kind(), answered.get(), count);
            default -> count;
        };
    }

    private int passing(Kind kind, long before, int count) {
        return fault.kind() == kind ? (int) Math.max(0, Math.min(count, fault.after() - before)) : count;
    }

    private void breakAnswer() throws IOException {
        switch (fault.kind()) {
            case CUT_ANSWER -> client.shutdownOutput();
            case STALL_ANSWER -> {}
            default -> resetBoth();
        }
    }

    /** Lets a client that asks go on with its body, reads all of it, and answers. */
    private void answerInstead(byte[] buffer, int count, InputStream in) throws IOException {
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
        out.write(FaultProxy.bytes(fault.answer()));
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
