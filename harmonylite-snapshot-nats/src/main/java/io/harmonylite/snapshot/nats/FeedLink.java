package io.harmonylite.snapshot.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Receives the messages of one stream from a sequence on, over one consumer, with a bounded number requested at a time.
 * The server answers each request within seconds, even if there is no message, so that a lost consumer is always
 * noticed. Not thread-safe.
 */
final class FeedLink implements Closeable {

    private static final Duration EXPIRY = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int PULL_ENDED = 408;
    private static final int NO_MESSAGES = 404;
    private static final String LEFT = "Nats-Pending-Messages";

    private final PullConsumer consumer;
    private final Instant created;
    private final int window;
    private int inFlight;
    private long lastHeard = System.nanoTime();

    /**
     * Creates a consumer.
     *
     * @param created creation time of the stream, read before
     * @param from sequence of the first message
     * @param window maximum number of messages in flight
     */
    FeedLink(JetStreamApi api, String stream, Instant created, long from, int window)
            throws IOException, JetStreamApiException {
        this.created = created;
        this.window = window;
        this.consumer = new PullConsumer(api, "feed", stream, null, from);
        ask();
    }

    Instant created() {
        return created;
    }

    /** Returns the next message; null if none arrives within the given time. */
    @Nullable
    Message poll(Duration moment) throws RequestFailure, InterruptedIOException {
        Message message = consumer.poll(moment);
        if (message == null) {
            checkHeard();
            return null;
        }
        lastHeard = System.nanoTime();
        if (message.isStatusMessage()) {
            ended(message);
            return null;
        }
        inFlight--;
        ask();
        return message;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void ask() throws RequestFailure {
        if (inFlight <= window / 2) {
            consumer.ask(window - inFlight, EXPIRY);
            inFlight = window;
        }
    }

    /** Handles the end of a request that has not delivered all its messages. */
    private void ended(Message status) throws RequestFailure {
        int code = status.getStatus().getCode();
        if (code != PULL_ENDED && code != NO_MESSAGES) {
            throw RequestFailure.brokenOff("the server ended the request with " + status.getStatus());
        }
        inFlight = Math.max(0, inFlight - left(status.getHeaders()));
        ask();
    }

    private int left(@Nullable Headers headers) {
        String left = headers == null ? null : headers.getLast(LEFT);
        return left == null ? inFlight : Integer.parseInt(left);
    }

    private void checkHeard() throws RequestFailure {
        if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
            throw RequestFailure.brokenOff("the server has sent nothing for " + SILENCE.toSeconds() + " s");
        }
    }
}
