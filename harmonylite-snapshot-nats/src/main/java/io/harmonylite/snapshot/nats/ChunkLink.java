package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.PullConsumer.Content;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Receives one object's chunks over one consumer. Fails with the first lost connection, restarted server or message out
 * of order; the caller then opens another one. Not thread-safe.
 */
final class ChunkLink implements Closeable {

    private static final Duration MOMENT = Duration.ofMillis(250);

    private final Inbox inbox;
    private final PullConsumer consumer;
    private final int window;
    private long toRequest;
    private long inFlight;

    /**
     * Creates a consumer that starts at sequence {@code from} and has at most {@code window} chunks requested at a
     * time.
     */
    ChunkLink(JetStreamApi api, String stream, String subject, long from, long chunks, Content content, int window)
            throws IOException, JetStreamApiException {
        this.window = window;
        this.toRequest = chunks;
        this.inbox = new Inbox(api.connection());
        try {
            this.consumer = new PullConsumer(api, "snapshot", stream, subject, from, content, inbox);
            ask();
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            inbox.close();
            throw e;
        }
    }

    /** Returns how many chunks the consumer's server had when the consumer was created. */
    long available() {
        return consumer.available();
    }

    /** Returns the next chunk; null if none arrives within 250 ms. */
    @Nullable
    Message poll() throws RequestFailure, InterruptedIOException {
        Message message = inbox.poll(MOMENT);
        if (message == null) {
            consumer.checkLink();
            return null;
        }
        consumer.checkOrder(message);
        if (message.isStatusMessage()) {
            throw RequestFailure.brokenOff("the server ended the request with " + message.getStatus());
        }
        inFlight--;
        ask();
        return message;
    }

    @Override
    public void close() {
        consumer.close();
        inbox.close();
    }

    private void ask() throws RequestFailure {
        int count = (int) Math.min(toRequest, window - inFlight);
        if (count > 0 && (inFlight <= window / 2)) {
            consumer.ask(count);
            toRequest -= count;
            inFlight += count;
        }
    }
}
