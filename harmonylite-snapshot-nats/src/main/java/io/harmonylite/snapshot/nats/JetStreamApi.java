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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of JetStream's API that this module uses, as plain requests over the host's connection.
 *
 * <p>Messages are always read through the stream's leader. jnats reads by direct get where the stream allows it, which any
 * replica answers, also one that has not heard of the last writes yet. And a request of our own can be told apart when it
 * fails: see {@link RequestFailure}. Thread-safe; closes nothing.
 */
final class JetStreamApi {

    private static final byte[] NOTHING = {};
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
        Duration wanted = options.getRequestTimeout();
        this.timeout = wanted == null ? DEFAULT_TIMEOUT : wanted;
    }

    Connection connection() {
        return connection;
    }

    /** Sends a request again where that may help; the other methods send each request once. */
    <T> T retrying(NatsRetries.Request<T> request) throws IOException, JetStreamApiException {
        return retries.call(request);
    }

    /** How long one request is waited for. */
    Duration timeout() {
        return timeout;
    }

    /** Where key-value entries are written to; through another prefix they take the way of the API. */
    String keyValueSubject(String subject) {
        return defaultPrefix ? subject : prefix + subject;
    }

    StreamInfo streamInfo(String stream) throws IOException, JetStreamApiException {
        return checked(new StreamInfo(request("STREAM.INFO." + stream, NOTHING)));
    }

    StreamInfo createStream(StreamConfiguration configuration) throws IOException, JetStreamApiException {
        return checked(new StreamInfo(request("STREAM.CREATE." + configuration.getName(), configuration)));
    }

    /** Subjects that match a filter, and how many messages each has, as the leader knows them. */
    Map<String, Long> subjects(String stream, String filter) throws IOException, JetStreamApiException {
        Map<String, Long> found = new TreeMap<>();
        long asked = 0;
        while (true) {
            String body = "{\"subjects_filter\":\"" + filter + "\",\"offset\":" + asked + "}";
            StreamInfo page = checked(new StreamInfo(request("STREAM.INFO." + stream, utf8(body))));
            Collection<Subject> subjects = page.getStreamState().getSubjects();
            subjects.forEach(subject -> found.put(subject.getName(), subject.getCount()));
            asked += subjects.size();
            if (subjects.isEmpty() || asked % SubjectPages.SIZE != 0) {
                return found;
            }
        }
    }

    /** The newest message of a subject. */
    MessageInfo lastMessage(String stream, String subject) throws IOException, JetStreamApiException {
        return messageOf(askingLast(stream, subject), stream);
    }

    /** Asks for the newest message of a subject; {@link #messageOf} waits for it. */
    PendingReply askingLast(String stream, String subject) throws RequestFailure {
        return asking(
                "STREAM.MSG.GET." + stream,
                MessageGetRequest.lastForSubject(subject).serialize());
    }

    MessageInfo message(String stream, long sequence) throws IOException, JetStreamApiException {
        byte[] body = MessageGetRequest.forSequence(sequence).serialize();
        return messageOf(asking("STREAM.MSG.GET." + stream, body), stream);
    }

    MessageInfo messageOf(PendingReply reply, String stream) throws IOException, JetStreamApiException {
        return checked(new MessageInfo(reply.await(timeout), stream, false));
    }

    /** Removes all messages of a subject. */
    void purge(String stream, String subject) throws IOException, JetStreamApiException {
        checked(new Answer(request("STREAM.PURGE." + stream, PurgeOptions.subject(subject))));
    }

    /** Removes all messages before a sequence, at least 1; how many they were. */
    long purgeBefore(String stream, long sequence) throws IOException, JetStreamApiException {
        PurgeOptions options = PurgeOptions.builder().sequence(sequence).build();
        return checked(new PurgeResponse(request("STREAM.PURGE." + stream, options)))
                .getPurged();
    }

    /** Asks to remove all messages of a subject, and does not wait: for where there is no time left. */
    void purgeSoon(String stream, String subject) {
        send("STREAM.PURGE." + stream, PurgeOptions.subject(subject).serialize());
    }

    ConsumerInfo createConsumer(String stream, ConsumerConfiguration configuration)
            throws IOException, JetStreamApiException {
        String filter = configuration.getFilterSubject();
        String subject =
                "CONSUMER.CREATE." + stream + "." + configuration.getName() + (filter == null ? "" : "." + filter);
        return checked(new ConsumerInfo(request(subject, new ConsumerCreateRequest(stream, configuration))));
    }

    /** Asks to remove a consumer, and does not wait: the server does it by itself a little later. */
    void deleteConsumerSoon(String stream, String consumer) {
        send("CONSUMER.DELETE." + stream + "." + consumer, NOTHING);
    }

    /** Asks a consumer for more messages, which are sent to the given subject as they come. */
    void pull(String stream, String consumer, String body, String replyTo) throws RequestFailure {
        try {
            connection.publish(prefix + "CONSUMER.MSG.NEXT." + stream + "." + consumer, replyTo, utf8(body));
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    /** Publishes into a stream; {@link #acknowledged} waits for its word. */
    PendingReply publishing(String subject, @Nullable Headers headers, byte[] data) throws RequestFailure {
        Message message = NatsMessage.builder()
                .subject(subject)
                .headers(headers)
                .data(data)
                .build();
        return PendingReply.of(connection, message, timeout.multipliedBy(2));
    }

    /** The stream's word that it has a message. */
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
            return; // Not connected: what this was to clean up goes by itself, or by the next sweep.
        }
    }

    private static <T> T checked(ApiResponse<T> response) throws JetStreamApiException {
        return response.throwOnHasError();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An answer that says no more than done, or not. */
    private static final class Answer extends ApiResponse<Answer> {
        Answer(Message message) {
            super(message);
        }
    }

    /** Servers tell of so many subjects at once. */
    private static final class SubjectPages {
        static final int SIZE = 100_000;

        private SubjectPages() {}
    }
}
