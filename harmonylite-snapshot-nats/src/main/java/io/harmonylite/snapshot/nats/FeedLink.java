package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.impl.Headers;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A short-lived consumer of one stream from a sequence on, which is asked for a bounded number of messages at a time, again
 * and again. The server answers every such request within seconds, be it that there is nothing; so a consumer that is gone,
 * of whatever cause, is noticed. Not thread-safe.
 */
final class FeedLink implements Closeable {

    private static final Duration EXPIRY = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration KEPT_IDLE = Duration.ofMinutes(1);
    private static final int PULL_ENDED = 408;
    private static final int NOTHING_THERE = 404;
    private static final String LEFT = "Nats-Pending-Messages";

    private final JetStreamApi api;
    private final Connection connection;
    private final String stream;
    private final Instant created;
    private final String consumer = "feed-" + NUID.nextGlobal();
    private final String inbox;
    private final Subscription subscription;
    private final long reconnects;
    private final int window;
    private int underway;
    private long received;
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
        this.api = api;
        this.connection = api.connection();
        this.stream = stream;
        this.created = created;
        this.window = window;
        this.reconnects = connection.getStatistics().getReconnects();
        this.inbox = connection.createInbox();
        this.subscription = subscribed();
        try {
            api.createConsumer(stream, configuration(from));
            ask();
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            subscription.unsubscribe();
            throw e;
        }
    }

    Instant created() {
        return created;
    }

    /** The next message; null where none came for a moment. */
    @Nullable
    Message poll(Duration moment) throws RequestFailure, InterruptedIOException {
        Message message = polled(moment);
        if (message == null) {
            checkAlive();
            return null;
        }
        lastHeard = System.nanoTime();
        if (message.isStatusMessage()) {
            ended(message);
            return null;
        }
        received++;
        underway--;
        if (message.metaData().consumerSequence() != received) {
            throw ChunkLink.broken("a message of " + stream + " is missing on its way");
        }
        ask();
        return message;
    }

    @Override
    public void close() {
        try {
            subscription.unsubscribe();
        } catch (IllegalStateException e) {
            return; // The connection is closed, and the subscription with it.
        }
        api.deleteConsumerSoon(stream, consumer);
    }

    private Subscription subscribed() throws RequestFailure {
        try {
            return connection.subscribe(inbox);
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    private ConsumerConfiguration configuration(long from) {
        return ConsumerConfiguration.builder()
                .name(consumer)
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(from)
                .ackPolicy(AckPolicy.None)
                .memStorage(true)
                .numReplicas(1)
                .inactiveThreshold(KEPT_IDLE)
                .build();
    }

    private void ask() throws RequestFailure {
        if (underway <= window / 2) {
            api.pull(stream, consumer, window - underway, EXPIRY, inbox);
            underway = window;
        }
    }

    /** A request has ended, with so many messages not sent. */
    private void ended(Message status) throws RequestFailure {
        int code = status.getStatus().getCode();
        if (code != PULL_ENDED && code != NOTHING_THERE) {
            throw ChunkLink.broken("the server ended it with " + status.getStatus());
        }
        underway = Math.max(0, underway - left(status.getHeaders()));
        ask();
    }

    private int left(@Nullable Headers headers) {
        String left = headers == null ? null : headers.getLast(LEFT);
        return left == null ? underway : Integer.parseInt(left);
    }

    private void checkAlive() throws RequestFailure {
        if (connection.getStatistics().getReconnects() != reconnects) {
            throw ChunkLink.broken("the connection was cut");
        }
        if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
            throw ChunkLink.broken("the server is silent");
        }
    }

    private @Nullable Message polled(Duration moment) throws RequestFailure, InterruptedIOException {
        try {
            return subscription.nextMessage(moment);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for messages");
            interrupted.initCause(e);
            throw interrupted;
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }
}
