package io.harmonylite.snapshot.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One object's chunks, from a sequence on, with a bounded number of them asked for at a time. It breaks with the first cut
 * connection, restarted server or message out of order; another one then goes on. Not thread-safe.
 */
final class ChunkLink implements Closeable {

    private static final Duration MOMENT = Duration.ofMillis(250);

    private final PullConsumer consumer;
    private final int window;
    private long toAsk;
    private long underway;

    /**
     * Makes a consumer.
     *
     * @param from sequence to begin at
     * @param chunks how many chunks are still to come
     * @param window how many to ask for at a time
     */
    ChunkLink(JetStreamApi api, String stream, String subject, long from, long chunks, int window)
            throws IOException, JetStreamApiException {
        this.window = window;
        this.toAsk = chunks;
        this.consumer = new PullConsumer(api, "snapshot", stream, subject, from);
        ask();
    }

    /** How many chunks the server that serves this consumer had when it was made. */
    long available() {
        return consumer.available();
    }

    /** The next chunk; null where none came within a moment. */
    @Nullable
    Message poll() throws RequestFailure, InterruptedIOException {
        Message message = consumer.poll(MOMENT);
        if (message == null) {
            return null;
        }
        if (message.isStatusMessage()) {
            throw RequestFailure.brokenOff("the server ended it with " + message.getStatus());
        }
        underway--;
        ask();
        return message;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void ask() throws RequestFailure {
        int count = (int) Math.min(toAsk, window - underway);
        if (count > 0 && (underway <= window / 2)) {
            consumer.ask(count);
            toAsk -= count;
            underway += count;
        }
    }
}
