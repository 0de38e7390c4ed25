package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.PurgeOptions;
import io.nats.client.api.ApiResponse;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerCreateRequest;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageGetRequest;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.PublishAck;
import io.nats.client.api.PurgeResponse;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.Subject;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.JsonSerializable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of JetStream's API that this module uses. Reads messages from the stream's leader: jnats may use direct get,
 * to which replicas answer that lack the latest writes. Thread-safe; closes nothing.
 */
final class JetStreamApi {

    private static final byte[] EMPTY = {};
    private static final int SUBJECTS_PER_PAGE = 100_000;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final Connection connection;
    private final String prefix;
    private final boolean defaultPrefix;
    private final Duration timeout;
    private final NatsRetries retries;

    JetStreamApi(Connection connection, JetStreamOptions options) {
        this(connection, options, NatsRetries.usual());
    }

    JetStreamApi(Connection connection, JetStreamOptions options, NatsRetries retries) {
        this.retries = retries;
        this.connection = connection;
        this.prefix = options.getPrefix();
        this.defaultPrefix = options.isDefaultPrefix();
        Duration configured = options.getRequestTimeout();
        this.timeout = configured == null ? DEFAULT_TIMEOUT : configured;
    }

    Connection connection() {
        return connection;
    }

    /** Sends a request, and repeats it if that may help. All other methods send each request once. */
    <T> T retrying(NatsRetries.Request<T> request) throws IOException, JetStreamApiException {
        return retries.call(request);
    }

    /** Returns the timeout of one request. */
    Duration timeout() {
        return timeout;
    }

    /** Returns the subject to which a key-value entry is written: under another API prefix if there is one. */
    String keyValueSubject(String subject) {
        return defaultPrefix ? subject : prefix + subject;
    }

    StreamInfo streamInfo(String stream) throws IOException, JetStreamApiException {
        return checked(new StreamInfo(request("STREAM.INFO." + stream, EMPTY)));
    }

    /** Returns the state of a stream with the sequences of all messages that were deleted inside it. */
    StreamInfo streamInfoWithDeleted(String stream) throws IOException, JetStreamApiException {
        return checked(new StreamInfo(request("STREAM.INFO." + stream, utf8("{\"deleted_details\":true}"))));
    }

    StreamInfo createStream(StreamConfiguration configuration) throws IOException, JetStreamApiException {
        return checked(new StreamInfo(request("STREAM.CREATE." + configuration.getName(), configuration)));
    }

    /** Returns the subjects that match a filter, and the number of messages of each, as the leader knows them. */
    Map<String, Long> subjects(String stream, String filter) throws IOException, JetStreamApiException {
        Map<String, Long> found = new TreeMap<>();
        long read = 0;
        while (true) {
            String body = "{\"subjects_filter\":\"" + filter + "\",\"offset\":" + read + "}";
            StreamInfo page = checked(new StreamInfo(request("STREAM.INFO." + stream, utf8(body))));
            Collection<Subject> subjects = page.getStreamState().getSubjects();
            subjects.forEach(subject -> found.put(subject.getName(), subject.getCount()));
            read += subjects.size();
            if (subjects.isEmpty() || read % SUBJECTS_PER_PAGE != 0) {
                return found;
            }
        }
    }

    /** Returns the newest message of a subject; empty if there is none. */
    Optional<MessageInfo> lastMessage(String stream, String subject) throws IOException, JetStreamApiException {
        return messageOf(askingLast(stream, subject), stream);
    }

    /** Requests the newest message of a subject; {@link #messageOf} waits for it. */
    PendingReply askingLast(String stream, String subject) throws RequestFailure {
        return asking(
                "STREAM.MSG.GET." + stream,
                MessageGetRequest.lastForSubject(subject).serialize());
    }

    MessageInfo message(String stream, long sequence) throws IOException, JetStreamApiException {
        byte[] body = MessageGetRequest.forSequence(sequence).serialize();
        return existing(asking("STREAM.MSG.GET." + stream, body), stream);
    }

    /** Returns the first message from a sequence on. */
    MessageInfo messageFrom(String stream, long sequence) throws IOException, JetStreamApiException {
        return existing(askingFrom(stream, sequence), stream);
    }

    /** Requests the first message from a sequence on; {@link #messageOf} waits for it. */
    PendingReply askingFrom(String stream, long sequence) throws RequestFailure {
        return asking(
                "STREAM.MSG.GET." + stream,
                MessageGetRequest.nextForSubject(sequence, ">").serialize());
    }

    /** Waits for a message; empty if there is none. */
    Optional<MessageInfo> messageOf(PendingReply reply, String stream) throws IOException, JetStreamApiException {
        try {
            return Optional.of(existing(reply, stream));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isMessageMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private MessageInfo existing(PendingReply reply, String stream) throws IOException, JetStreamApiException {
        return checked(new MessageInfo(reply.await(timeout), stream, false));
    }

    /** Removes all messages of a subject. */
    void purge(String stream, String subject) throws IOException, JetStreamApiException {
        checked(new Outcome(request("STREAM.PURGE." + stream, PurgeOptions.subject(subject))));
    }

    /** Removes all messages before a sequence, which is at least 1. Returns the number of removed messages. */
    long purgeBefore(String stream, long sequence) throws IOException, JetStreamApiException {
        PurgeOptions options = PurgeOptions.builder().sequence(sequence).build();
        return checked(new PurgeResponse(request("STREAM.PURGE." + stream, options)))
                .getPurged();
    }

    ConsumerInfo createConsumer(String stream, ConsumerConfiguration configuration)
            throws IOException, JetStreamApiException {
        String filter = configuration.getFilterSubject();
        String subject =
                "CONSUMER.CREATE." + stream + "." + configuration.getName() + (filter == null ? "" : "." + filter);
        return checked(new ConsumerInfo(request(subject, new ConsumerCreateRequest(stream, configuration))));
    }

    /** Requests the removal of a consumer without waiting: the server otherwise removes it a little later. */
    void deleteConsumerSoon(String stream, String consumer) {
        send("CONSUMER.DELETE." + stream + "." + consumer, EMPTY);
    }

    /** Returns the subject to which a consumer's requests for messages are sent. */
    String pullSubject(String stream, String consumer) {
        return prefix + "CONSUMER.MSG.NEXT." + stream + "." + consumer;
    }

    /** Requests more messages from a consumer; they are sent to the given subject as they arrive. */
    void pull(String pullSubject, String body, String replyTo) throws RequestFailure {
        try {
            connection.publish(pullSubject, replyTo, utf8(body));
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    /** Publishes a message to a stream; {@link #acknowledged} waits for the acknowledgement. */
    PendingReply publishing(String subject, @Nullable Headers headers, byte[] data) throws RequestFailure {
        Message message = NatsMessage.builder()
                .subject(subject)
                .headers(headers)
                .data(data)
                .build();
        return PendingReply.of(connection, message, timeout.multipliedBy(2));
    }

    /** Waits for the stream's acknowledgement of a message. */
    PublishAck acknowledged(PendingReply reply) throws IOException, JetStreamApiException {
        return new PublishAck(reply.await(timeout));
    }

    private Message request(String subject, JsonSerializable body) throws IOException {
        return request(subject, body.serialize());
    }

    private Message request(String subject, byte[] body) throws IOException {
        return asking(subject, body).await(timeout);
    }

    private PendingReply asking(String subject, byte[] body) throws RequestFailure {
        Message message =
                NatsMessage.builder().subject(prefix + subject).data(body).build();
        return PendingReply.of(connection, message, timeout);
    }

    private void send(String subject, byte[] body) {
        try {
            connection.publish(prefix + subject, body);
        } catch (IllegalStateException e) {
            return; // Not connected: the server or the next sweep cleans up.
        }
    }

    private static <T> T checked(ApiResponse<T> response) throws JetStreamApiException {
        return response.throwOnHasError();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A reply that reports only success or failure. */
    private static final class Outcome extends ApiResponse<Outcome> {
        Outcome(Message message) {
            super(message);
        }
    }
}
