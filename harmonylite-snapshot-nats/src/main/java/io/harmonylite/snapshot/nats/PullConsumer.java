package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A short-lived pull consumer of a stream, whose messages an {@link Inbox} receives. It cannot be used after the first
 * failure. Not thread-safe.
 */
final class PullConsumer implements Closeable {

    private static final Duration KEPT_IDLE = Duration.ofMinutes(1);

    private final JetStreamApi api;
    private final Connection connection;
    private final String stream;
    private final String name;
    private final String address;
    private final String pullSubject;
    private final DenialCheck denial;
    private final long reconnects;
    private final long available;
    private long received;
    private boolean closed;

    /** Creates a consumer for the messages of a subject, or of all subjects if it is null, from a sequence on. */
    PullConsumer(
            JetStreamApi api,
            String purpose,
            String stream,
            @Nullable String subject,
            long from,
            Content content,
            Inbox inbox)
            throws IOException, JetStreamApiException {
        this.api = api;
        this.connection = api.connection();
        this.stream = stream;
        this.name = purpose + "-" + NUID.nextGlobal();
        this.reconnects = connection.getStatistics().getReconnects();
        this.pullSubject = api.pullSubject(stream, name);
        this.denial = new DenialCheck(connection, pullSubject, inbox.subject() + '"');
        this.address = inbox.newAddress();
        this.available = api.createConsumer(stream, configuration(subject, from, content))
                .getNumPending();
    }

    /** Returns how many matching messages the consumer's server had when the consumer was created. */
    long available() {
        return available;
    }

    /** Requests this many more messages. */
    void ask(int count) throws RequestFailure {
        ask("{\"batch\":" + count + "}");
    }

    /** Requests this many more messages. When the request expires the server reports how many it has not sent. */
    void ask(int count, Duration expiry) throws RequestFailure {
        ask("{\"batch\":" + count + ",\"expires\":" + expiry.toNanos() + "}");
    }

    private void ask(String request) throws RequestFailure {
        try {
            api.pull(pullSubject, request, address);
        } catch (RequestFailure e) {
            close();
            throw e;
        }
    }

    /** Returns whether a message or status message was sent by this consumer. */
    boolean sent(Message message) {
        return message.isStatusMessage()
                ? message.getSubject().equals(address)
                : message.isJetStream() && message.metaData().getConsumer().equals(name);
    }

    /** Checks that no message of this consumer was lost before this one. Called once for each message. */
    void checkOrder(Message message) throws RequestFailure {
        if (!message.isStatusMessage()) {
            received++;
            if (message.metaData().consumerSequence() != received) {
                throw RequestFailure.brokenOff("a message of " + stream + " was lost in transit");
            }
        }
    }

    /** Fails if the server denies the requests for messages, or the connection was lost. Called if none arrives. */
    void checkLink() throws RequestFailure {
        RequestFailure denied = denial.sinceCreation();
        if (denied != null) {
            throw denied;
        }
        if (connection.getStatistics().getReconnects() != reconnects) {
            throw RequestFailure.brokenOff("the connection was lost");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            api.deleteConsumerSoon(stream, name);
        }
    }

    private ConsumerConfiguration configuration(@Nullable String subject, long from, Content content) {
        ConsumerConfiguration.Builder builder = ConsumerConfiguration.builder()
                .name(name)
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(from)
                .ackPolicy(AckPolicy.None)
                .memStorage(true)
                .numReplicas(1)
                .headersOnly(content == Content.HEADERS)
                .inactiveThreshold(KEPT_IDLE);
        return (subject == null ? builder : builder.filterSubject(subject)).build();
    }

    /** What a consumer sends of each message. */
    enum Content {
        WHOLE,
        HEADERS
    }
}
