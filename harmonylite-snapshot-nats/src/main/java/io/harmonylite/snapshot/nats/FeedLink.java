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
 * One stream from a sequence on, which is asked for a bounded number of messages at a time, again and again. The server
 * answers every such request within seconds, be it that there is nothing; so a consumer that is gone, of whatever cause, is
 * noticed. Not thread-safe.
 */
final class FeedLink implements Closeable {

    private static final Duration EXPIRY = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int PULL_ENDED = 408;
    private static final int NOTHING_THERE = 404;
    private static final String LEFT = "Nats-Pending-Messages";

    private final PullConsumer consumer;
    private final Instant created;
    private final int window;
    private int underway;
    private long lastHeard = System.nanoTime();

    /**
     * Makes a consumer.
     *
     * @param created creation time of the stream, found before
     * @param from sequence to begin at
     * @param window how many messages may be underway
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

    /** The next message; null where none came for a moment. */
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
        underway--;
        ask();
        return message;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void ask() throws RequestFailure {
        if (underway <= window / 2) {
            consumer.ask(window - underway, EXPIRY);
            underway = window;
        }
    }

    /** A request has ended, with so many messages not sent. */
    private void ended(Message status) throws RequestFailure {
        int code = status.getStatus().getCode();
        if (code != PULL_ENDED && code != NOTHING_THERE) {
            throw RequestFailure.brokenOff("the server ended it with " + status.getStatus());
        }
        underway = Math.max(0, underway - left(status.getHeaders()));
        ask();
    }

    private int left(@Nullable Headers headers) {
        String left = headers == null ? null : headers.getLast(LEFT);
        return left == null ? underway : Integer.parseInt(left);
    }

    private void checkHeard() throws RequestFailure {
        if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
            throw RequestFailure.brokenOff("the server is silent");
        }
    }
}
