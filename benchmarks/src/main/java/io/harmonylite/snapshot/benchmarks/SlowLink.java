package io.harmonylite.snapshot.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A way to a server on which everything takes some time longer, and any amount is underway at once. */
final class SlowLink implements Closeable {

    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final String host;
    private final int port;
    private final Duration delay;

    SlowLink(String host, int port, Duration delay) throws IOException {
        this.host = host;
        this.port = port;
        this.delay = delay;
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(host, port);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            pipe(client, server);
            pipe(server, client);
        }
    }

    private void pipe(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        BlockingQueue<Part> underway = new LinkedBlockingQueue<>();
        start(() -> {
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                underway.add(new Part(System.nanoTime() + delay.toNanos(), Arrays.copyOf(buffer, read)));
            }
        });
        start(() -> {
            while (true) {
                Part part = underway.take();
                TimeUnit.NANOSECONDS.sleep(part.due - System.nanoTime());
                out.write(part.bytes);
            }
        });
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                return; // One of the ends is closed.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static final class Part {

        private final long due;
        private final byte[] bytes;

        private Part(long due, byte[] bytes) {
            this.due = due;
            this.bytes = bytes;
        }
    }
}
