package io.harmonylite.snapshot.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Holds the messages of one stream until they are taken, and requests more from one consumer, whose server answers each
 * request within seconds, so that a lost consumer is noticed. Not thread-safe.
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
    private final Deque<Held> held = new ArrayDeque<>();
    private int inFlight;
    private long lastHeard = System.nanoTime();

    /**
     * Creates a consumer that starts at sequence {@code from} and has at most {@code window} messages in flight or
     * held.
     */
    FeedLink(JetStreamApi api, String stream, Instant created, long from, int window, Inbox inbox)
            throws IOException, JetStreamApiException {
        this.created = created;
        this.window = window;
        this.consumer = new PullConsumer(api, "feed", stream, null, from, PullConsumer.Content.WHOLE, inbox);
        ask();
    }

    Instant created() {
        return created;
    }

    /** Returns whether a message or status message was sent by this link's consumer. */
    boolean sent(Message message) {
        return consumer.sent(message);
    }

    /** Accepts a message or status message of this link's consumer. */
    void receive(Message message, long round) throws RequestFailure {
        lastHeard = System.nanoTime();
        consumer.checkOrder(message);
        if (message.isStatusMessage()) {
            ended(message);
        } else {
            held.add(new Held(message, round));
        }
    }

    /** Returns the oldest message that was not taken; null if there is none. */
    @Nullable
    Message head() {
        Held head = held.peek();
        return head == null ? null : head.message();
    }

    /** Returns the number of the round in which the head arrived. */
    long headRound() {
        return held.element().round();
    }

    /** Removes the head, and requests more messages if few are in flight. */
    void take() throws RequestFailure {
        held.remove();
        inFlight--;
        ask();
    }

    /** Fails if the link is lost. Called when no message was received. */
    void check() throws RequestFailure {
        consumer.checkLink();
        if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
            throw RequestFailure.brokenOff("the server has sent nothing for " + SILENCE.toSeconds() + " s");
        }
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
        inFlight = Math.max(held.size(), inFlight - left(status.getHeaders()));
        ask();
    }

    private int left(@Nullable Headers headers) {
        String left = headers == null ? null : headers.getLast(LEFT);
        return left == null ? inFlight - held.size() : Integer.parseInt(left);
    }

    private record Held(Message message, long round) {}
}
