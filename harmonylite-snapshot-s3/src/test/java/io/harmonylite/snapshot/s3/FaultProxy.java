package io.harmonylite.snapshot.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A proxy between a client and a server that breaks connections. Each HTTP request takes the next fault of a queue. If
 * the queue is empty, requests pass, or meet the fault set for all. Thread-safe.
 */
final class FaultProxy implements Closeable {

    /**
     * Fixed, because the system may grow the buffer to tens of MiB. A client could then send a whole object that the
     * server never receives.
     */
    private static final int RECEIVE_BUFFER = 256 << 10;

    private final int serverPort;
    private final ServerSocket listener;
    private final Deque<ConnectionFault> faults = new ArrayDeque<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor = Executors.newCachedThreadPool(FaultProxy::daemon);
    private ConnectionFault otherwise = ConnectionFault.none();
    private int requests;

    private FaultProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket();
        listener.setReceiveBufferSize(RECEIVE_BUFFER);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static FaultProxy before(int serverPort) throws IOException {
        FaultProxy proxy = new FaultProxy(serverPort);
        proxy.executor.execute(proxy::accept);
        return proxy;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Sets the faults of the next requests, in order. */
    synchronized FaultProxy next(ConnectionFault... upcoming) {
        faults.addAll(List.of(upcoming));
        return this;
    }

    /** Sets the fault of all requests from now on. */
    synchronized FaultProxy always(ConnectionFault fault) {
        faults.clear();
        otherwise = fault;
        return this;
    }

    /** Returns the number of requests so far. */
    synchronized int requests() {
        return requests;
    }

    synchronized ConnectionFault take() {
        requests++;
        ConnectionFault next = faults.poll();
        return next == null ? otherwise : next;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(client);
                sockets.add(server);
                ProxiedConnection connection = new ProxiedConnection(this, client, server);
                executor.execute(connection::relayRequests);
                executor.execute(connection::relayResponses);
            }
        } catch (IOException | RejectedExecutionException e) {
            return; // The proxy was closed.
        }
    }

    /** Rejects new connections and resets open ones. */
    @Override
    public void close() throws IOException {
        listener.close();
        executor.shutdownNow();
        for (Socket socket : sockets) {
            reset(socket);
        }
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            return; // The socket is already closed.
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
