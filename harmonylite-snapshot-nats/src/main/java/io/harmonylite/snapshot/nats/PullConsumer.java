package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A short-lived pull consumer of a stream from a sequence on, and the inbox that receives its messages. It cannot be
 * used after the first failure. The server removes it one minute after the last request. Not thread-safe.
 */
final class PullConsumer implements Closeable {

    private static final Duration KEPT_IDLE = Duration.ofMinutes(1);

    private final JetStreamApi api;
    private final Connection connection;
    private final String stream;
    private final String name;
    private final String inbox;
    private final String pullSubject;
    private final DenialCheck denial;
    private final Subscription subscription;
    private final long reconnects;
    private final long available;
    private long received;

    /**
     * Creates a consumer.
     *
     * @param purpose beginning of its name
     * @param subject filter for messages; null for all
     * @param from sequence of the first message
     */
    PullConsumer(JetStreamApi api, String purpose, String stream, @Nullable String subject, long from)
            throws IOException, JetStreamApiException {
        this.api = api;
        this.connection = api.connection();
        this.stream = stream;
        this.name = purpose + "-" + NUID.nextGlobal();
        this.reconnects = connection.getStatistics().getReconnects();
        this.inbox = connection.createInbox();
        this.pullSubject = api.pullSubject(stream, name);
        this.denial = new DenialCheck(connection, pullSubject, inbox + '"');
        this.subscription = subscribed();
        try {
            this.available =
                    api.createConsumer(stream, configuration(subject, from)).getNumPending();
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            unsubscribe();
            throw e;
        }
    }

    /** Returns how many matching messages the consumer's server had when the consumer was created. */
    long available() {
        return available;
    }

    /** Requests this many more messages. */
    void ask(int count) throws RequestFailure {
        ask("{\"batch\":" + count + "}");
    }

    /**
     * Requests this many more messages, like {@link #ask(int)}. When the request expires the server reports how many it
     * has not sent.
     */
    void ask(int count, Duration expiry) throws RequestFailure {
        ask("{\"batch\":" + count + ",\"expires\":" + expiry.toNanos() + "}");
    }

    private void ask(String request) throws RequestFailure {
        try {
            api.pull(pullSubject, request, inbox);
        } catch (RequestFailure e) {
            close();
            throw e;
        }
    }

    /**
     * Returns the next message or status message; null if none arrives within the given time. Fails if the server
     * denies the requests for messages.
     */
    @Nullable
    Message poll(Duration moment) throws RequestFailure, InterruptedIOException {
        Message message = polled(moment);
        if (message == null) {
            checkAllowed();
            checkConnected();
        } else if (!message.isStatusMessage()) {
            received++;
            if (message.metaData().consumerSequence() != received) {
                throw RequestFailure.brokenOff("a message of " + stream + " was lost in transit");
            }
        }
        return message;
    }

    @Override
    public void close() {
        if (unsubscribe()) {
            api.deleteConsumerSoon(stream, name);
        }
    }

    private Subscription subscribed() throws RequestFailure {
        try {
            return connection.subscribe(inbox);
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    private boolean unsubscribe() {
        try {
            subscription.unsubscribe();
            return true;
        } catch (IllegalStateException e) {
            return false; // Already closed, or closed together with the connection.
        }
    }

    private ConsumerConfiguration configuration(@Nullable String subject, long from) {
        ConsumerConfiguration.Builder builder = ConsumerConfiguration.builder()
                .name(name)
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(from)
                .ackPolicy(AckPolicy.None)
                .memStorage(true)
                .numReplicas(1)
                .inactiveThreshold(KEPT_IDLE);
        return (subject == null ? builder : builder.filterSubject(subject)).build();
    }

    private void checkAllowed() throws RequestFailure {
        RequestFailure denied = denial.sinceCreation();
        if (denied != null) {
            throw denied;
        }
    }

    private void checkConnected() throws RequestFailure {
        if (connection.getStatistics().getReconnects() != reconnects) {
            throw RequestFailure.brokenOff("the connection was lost");
        }
    }

    private @Nullable Message polled(Duration moment) throws RequestFailure, InterruptedIOException {
        try {
            return subscription.nextMessage(moment);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while reading " + stream);
            interrupted.initCause(e);
            throw interrupted;
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }
}
