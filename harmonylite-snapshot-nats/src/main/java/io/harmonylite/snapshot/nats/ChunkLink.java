package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A short-lived consumer of one object's chunks, from a sequence on, with a bounded number of them asked for at a time. It
 * breaks with the first cut connection, restarted server or message out of order; another one then goes on. Not
 * thread-safe.
 */
final class ChunkLink implements Closeable {

    private static final Duration MOMENT = Duration.ofMillis(250);
    private static final Duration KEPT_IDLE = Duration.ofMinutes(1);

    private final JetStreamApi api;
    private final Connection connection;
    private final String stream;
    private final String consumer = "snapshot-" + NUID.nextGlobal();
    private final String inbox;
    private final Subscription subscription;
    private final long reconnects;
    private final int window;
    private long toAsk;
    private long underway;
    private long received;
    private long available;

    /**
     * Makes a consumer.
     *
     * @param from sequence to begin at
     * @param chunks how many chunks are still to come
     * @param window how many to ask for at a time
     */
    ChunkLink(JetStreamApi api, String stream, String subject, long from, long chunks, int window)
            throws IOException, JetStreamApiException {
        this.api = api;
        this.connection = api.connection();
        this.stream = stream;
        this.window = window;
        this.toAsk = chunks;
        this.reconnects = connection.getStatistics().getReconnects();
        this.inbox = connection.createInbox();
        this.subscription = subscribed();
        try {
            ConsumerInfo info = api.createConsumer(stream, configuration(subject, from));
            this.available = info.getNumPending();
            ask();
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            subscription.unsubscribe();
            throw e;
        }
    }

    /** How many chunks the server that serves this consumer had when it was made. */
    long available() {
        return available;
    }

    /** The next chunk; null where none came within a moment. */
    @Nullable
    Message poll() throws RequestFailure, InterruptedIOException {
        Message message = polled();
        if (message == null) {
            if (connection.getStatistics().getReconnects() != reconnects) {
                throw broken("the connection was cut");
            }
            return null;
        }
        if (message.isStatusMessage()) {
            throw broken("the server ended it with " + message.getStatus());
        }
        received++;
        underway--;
        if (message.metaData().consumerSequence() != received) {
            throw broken("a chunk is missing on its way");
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

    private ConsumerConfiguration configuration(String subject, long from) {
        return ConsumerConfiguration.builder()
                .name(consumer)
                .filterSubject(subject)
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(from)
                .ackPolicy(AckPolicy.None)
                .memStorage(true)
                .numReplicas(1)
                .inactiveThreshold(KEPT_IDLE)
                .build();
    }

    private void ask() throws RequestFailure {
        int count = (int) Math.min(toAsk, window - underway);
        if (count > 0 && (underway <= window / 2)) {
            api.pull(stream, consumer, count, inbox);
            toAsk -= count;
            underway += count;
        }
    }

    private @Nullable Message polled() throws RequestFailure, InterruptedIOException {
        try {
            return subscription.nextMessage(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading");
            interrupted.initCause(e);
            throw interrupted;
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    /** The failure for a link that is of no more use. */
    static RequestFailure broken(String why) {
        return new RequestFailure(Reason.DISCONNECTED, "reading broke off: " + why, null);
    }
}
