package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.GapDetector;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one stream: creates a consumer at the map's position, and checks each message before it is applied. Not
 * thread-safe.
 */
final class FeedReader {

    private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);
    private static final int TIMES_MISSING = 3;

    private final NatsStreams streams;
    private final JetStreamApi api;
    private final String stream;
    private final FeedPositions positions;
    private final GapDetector detector;
    private final int window;
    private @Nullable FeedLink link;
    private volatile @Nullable Instant created;
    private StreamPosition handled = StreamPosition.at(0);
    private StreamPosition taken = StreamPosition.at(0);
    private long drained;
    private int missing;

    FeedReader(FeedSettings settings, String stream) {
        this.streams = settings.streams();
        this.api = streams.api();
        this.stream = stream;
        this.positions = settings.positions();
        this.window = settings.window();
        this.detector = GapDetector.of(streams, stream);
    }

    String stream() {
        return stream;
    }

    /** Returns the creation time of the followed stream; null before the first consumer. */
    @Nullable
    Instant created() {
        return created;
    }

    boolean isConnected() {
        return link != null;
    }

    /** Creates a consumer after the map's position, if the stream is the same one and has the next message. */
    void connect(Inbox inbox) throws IOException, JetStreamApiException, SQLException, FeedStopped {
        StreamPosition position = at(positions.read());
        Optional<Instant> timestamp = timestampAt(position.sequence());
        StreamState state = streams.stateOf(stream, info());
        if (timestamp.isEmpty() && state.first() <= position.sequence() && position.sequence() <= state.last()) {
            timestamp = timestampAt(position.sequence()); // It arrived after the first lookup, or was deleted.
        }
        FeedStart start = FeedStart.of(stream, position, timestamp, state);
        if (start.obstacle() != null) {
            throw new FeedStopped(start.obstacle());
        }
        FeedLink open = new FeedLink(api, stream, start.created(), position.sequence() + 1, window, inbox);
        try {
            confirm(start.created());
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            open.close();
            throw e;
        }
        link = open;
        created = start.created();
        handled = position;
        taken = position;
        drained = 0;
        LOG.info("Following {} from message {} on", stream, position.sequence() + 1);
    }

    /** Closes the consumer, and drops all messages that were not applied. */
    void stop() {
        FeedLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    /** Returns the map's position of this stream: 0 if it has none, unless it had one. */
    private StreamPosition at(Positions all) {
        Optional<StreamPosition> position = all.of(stream);
        if (position.isEmpty() && handled.sequence() > 0) {
            throw new CorruptSequenceMapException("the sequence map has no position of " + stream
                    + " any longer, which was applied up to " + handled.sequence() + ": its tables were removed, as by"
                    + " HarmonyLite's -cleanup, or a snapshot without positions was restored; recover");
        }
        return position.orElse(StreamPosition.at(0));
    }

    /**
     * Returns whether the map is before the messages that were applied, or at another stream. The consumer has passed
     * the messages that must be applied again, and the stream may stay silent.
     */
    boolean isSetBack(Positions all) {
        FeedLink open = link;
        StreamPosition position = at(all);
        boolean setBack = open != null
                && (position.sequence() < handled.sequence()
                        || !position.sameStream(new StreamPosition(position.sequence(), null, open.created())));
        if (setBack) {
            LOG.info("The map of {} was set from {} to {}", stream, handled.sequence(), position.sequence());
        }
        return setBack;
    }

    /**
     * Confirms after the consumer was created that the stream is still the one that was checked, so that the consumer
     * belongs to that one.
     */
    private void confirm(Instant expected) throws IOException, JetStreamApiException {
        Instant now = api.streamInfo(stream).getCreateTime().toInstant();
        if (!now.equals(expected)) {
            throw RequestFailure.brokenOff("the stream " + stream + " was recreated");
        }
    }

    private Optional<Instant> timestampAt(long sequence) throws IOException, JetStreamApiException {
        if (sequence == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(api.message(stream, sequence).getTime().toInstant());
        } catch (JetStreamApiException e) {
            if (NatsFailures.isMessageMissing(e) || NatsFailures.isStreamMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns the stream's state; ends the feed if the stream was missing at three lookups in a row. */
    private StreamInfo info() throws IOException, JetStreamApiException, FeedStopped {
        try {
            StreamInfo info = api.streamInfo(stream);
            missing = 0;
            return info;
        } catch (JetStreamApiException e) {
            if (!NatsFailures.isStreamMissing(e)) {
                throw e;
            }
            missing++;
            if (missing < TIMES_MISSING) {
                throw RequestFailure.brokenOff("the stream " + stream + " does not exist");
            }
            throw new FeedStopped(new FeedEnd.Reset(stream, "the stream " + stream + " does not exist"));
        }
    }

    /** Accepts a message or status message if it is of this stream's consumer; returns false if it is not. */
    boolean receive(Message message, long round) throws RequestFailure {
        FeedLink open = link;
        if (open == null || !open.sent(message)) {
            return false;
        }
        open.receive(message, round);
        return true;
    }

    /** Fails if the link is lost; does nothing while there are messages to take. */
    void checkLink() throws RequestFailure {
        FeedLink open = link;
        if (open != null && open.head() == null) {
            open.check();
        }
    }

    /** Returns the next message to take; null if none has arrived. */
    @Nullable
    Message head() {
        FeedLink open = link;
        return open == null ? null : open.head();
    }

    /** Returns the position of the last message taken, or the position at which the reader began. */
    StreamPosition taken() {
        return taken;
    }

    /** Returns the server timestamp of the head. */
    Instant headTime() {
        return Objects.requireNonNull(head(), "the reader has a head")
                .metaData()
                .timestamp()
                .toInstant();
    }

    /** Returns whether this stream cannot still receive a message that is earlier than the head of another one. */
    boolean isPast(FeedReader other) {
        Instant time = taken.timestamp();
        return head() != null || drained >= other.headRound() || (time != null && time.isAfter(other.headTime()));
    }

    private long headRound() {
        return Objects.requireNonNull(link, "the reader is connected").headRound();
    }

    /** Records that the server had no message after those taken, when all of a round of messages had arrived. */
    void drained(long byRound) {
        drained = byRound;
    }

    /**
     * Checks the head, and adds it to the batch unless it is a duplicate.
     *
     * @param batch messages that are not applied yet
     * @return false if the batch must be applied before the head can be taken
     * @throws FeedStopped if messages are missing before the head, and the batch is empty
     */
    boolean take(List<StreamMessage> batch) throws IOException, SQLException, FeedStopped {
        FeedLink open = Objects.requireNonNull(link, "the reader is connected");
        Message message = Objects.requireNonNull(open.head(), "the reader has a head");
        NatsJetStreamMetaData data = message.metaData();
        StreamPosition at =
                new StreamPosition(data.streamSequence(), data.timestamp().toInstant(), open.created());
        boolean isNext = at.sequence() == taken.sequence() + 1;
        if (!isNext && !batch.isEmpty()) {
            return false; // The map has what else the host has counted, but not the batch.
        }
        if (!isNext) {
            skipCounted();
        }
        Arrival arrival = detector.arrived(taken, at.sequence(), headTime());
        requireDelivered(arrival);
        if (!(arrival instanceof Arrival.Duplicate)) {
            StreamMessage next = messageOf(message, at);
            batch.add(arrival instanceof Arrival.Skip skip ? next.skipping(skip.range()) : next);
            taken = at;
        }
        open.take();
        return true;
    }

    /** Reads from the map what the host has counted: its own publications. */
    private void skipCounted() throws SQLException, RequestFailure {
        Positions all = positions.read();
        if (isSetBack(all)) {
            throw RequestFailure.brokenOff("the map of " + stream + " was set back");
        }
        handled = at(all);
        taken = handled;
    }

    private void requireDelivered(Arrival arrival) throws RequestFailure, FeedStopped {
        if (arrival instanceof Arrival.Gap gap) {
            throw new FeedStopped(new FeedEnd.Gap(stream, gap.range(), gap.cause()));
        }
        if (arrival instanceof Arrival.Reset reset) {
            throw new FeedStopped(new FeedEnd.Reset(stream, reset.reason()));
        }
        if (arrival instanceof Arrival.Undelivered undelivered) {
            throw RequestFailure.brokenOff("messages " + undelivered.range() + " of " + stream + " were not delivered");
        }
    }

    /** Records that a message that was taken is applied and counted. */
    void applied(StreamPosition at) {
        handled = at;
    }

    private StreamMessage messageOf(Message message, StreamPosition at) {
        byte[] data = message.getData() == null ? new byte[0] : message.getData();
        return StreamMessage.of(stream, at, message.getSubject(), headers(message.getHeaders()), data);
    }

    private static Map<String, List<String>> headers(@Nullable Headers headers) {
        Map<String, List<String>> copy = new HashMap<>();
        if (headers != null) {
            headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        }
        return Map.copyOf(copy);
    }
}
