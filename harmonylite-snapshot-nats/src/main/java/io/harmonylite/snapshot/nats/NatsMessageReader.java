package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.MessageReader;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Reads the messages of one stream over a consumer of its own. */
final class NatsMessageReader implements MessageReader {

    private static final int WINDOW = 256;

    private final String stream;
    private final Inbox inbox;
    private final FeedLink link;

    NatsMessageReader(JetStreamApi api, String stream, Instant created, long from)
            throws IOException, JetStreamApiException {
        this.stream = stream;
        this.inbox = new Inbox(api.connection());
        try {
            this.link = new FeedLink(api, stream, created, from, WINDOW, inbox);
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            inbox.close();
            throw e;
        }
    }

    @Override
    public Optional<StreamMessage> next(Duration timeout) throws IOException {
        try {
            if (link.head() == null) {
                Message received = inbox.poll(timeout);
                if (received == null) {
                    link.check();
                } else if (link.sent(received)) {
                    link.receive(received, 0);
                }
            }
            Message head = link.head();
            if (head == null) {
                return Optional.empty();
            }
            StreamPosition at = new StreamPosition(
                    head.metaData().streamSequence(),
                    head.metaData().timestamp().toInstant(),
                    link.created());
            StreamMessage message = FeedReader.messageOf(stream, head, at);
            link.take();
            return Optional.of(message);
        } catch (IOException e) {
            throw NatsFailures.stream(stream, e);
        }
    }

    @Override
    public void close() {
        link.close();
        inbox.close();
    }
}
