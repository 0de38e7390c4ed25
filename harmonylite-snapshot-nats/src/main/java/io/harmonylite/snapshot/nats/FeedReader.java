package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.GapDetector;
import io.harmonylite.snapshot.stream.MessageSpool;
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
 * Reads one stream from the map's position on, and checks each message before it is applied. As long as a spool holds
 * the next message, it reads the spool instead. Not thread-safe.
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
    private @Nullable MessageSpool spool;
    private @Nullable StreamMessage spooled;
    private long spooledRound;
    private boolean spooling;
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
        this.spool = settings.spool();
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
        return link != null || spooling;
    }

    /** Returns whether messages of this stream arrive in the inbox. */
    boolean isLinked() {
        return link != null;
    }

    /** Creates a consumer after the map's position, if the stream is the same one and has the next message. */
    void connect(Inbox inbox) throws IOException, JetStreamApiException, SQLException, FeedStopped {
        StreamPosition position = at(positions.read());
        if (beginSpool(position)) {
            return;
        }
        Optional<Instant> timestamp = timestampAt(position.sequence());
        StreamState state = streams.stateOf(stream, info());
        if (timestamp.isEmpty() && state.first() <= position.sequence() && position.sequence() <= state.last()) {
            timestamp = timestampAt(position.sequence()); // It arrived after the first lookup, or was deleted.
        }
        FeedEnd obstacle = obstacle(stream, position, timestamp, state);
        if (obstacle != null) {
            if (beginSpool(position)) {
                return; // The next message arrived and was dropped in between.
            }
            throw new FeedStopped(obstacle);
        }
        FeedLink open = new FeedLink(api, stream, state.created(), position.sequence() + 1, window, inbox);
        try {
            confirm(state.created());
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            open.close();
            throw e;
        }
        link = open;
        created = state.created();
        handled = position;
        taken = position;
        drained = 0;
        LOG.info("Following {} from message {} on", stream, position.sequence() + 1);
    }

    /** Returns why a stream is not the one that was followed, or lacks the next message; null if it can be consumed. */
    private static @Nullable FeedEnd obstacle(
            String stream, StreamPosition position, Optional<Instant> timestamp, StreamState state) {
        if (!state.isReachedBy(position, timestamp.orElse(null))) {
            return new FeedEnd.Reset(
                    stream,
                    "the stream " + stream + ", created at " + state.created() + ", with messages " + state.first()
                            + " to " + state.last() + ", is not the one that was applied up to " + position.sequence());
        }
        return state.droppedAfter(position.sequence())
                .map(dropped -> new FeedEnd.Gap(stream, dropped, Arrival.Cause.DROPPED))
                .orElse(null);
    }

    /** Reads the spool from now on if it holds the message after the position. */
    private boolean beginSpool(StreamPosition position) throws IOException {
        Optional<StreamMessage> next = inSpool(position);
        if (next.isEmpty()) {
            return false;
        }
        spooling = true;
        created = next.get().at().streamCreated();
        handled = position;
        taken = position;
        drained = 0;
        LOG.info("Applying the kept messages of {} from message {} on", stream, position.sequence() + 1);
        return true;
    }

    private Optional<StreamMessage> inSpool(StreamPosition position) throws IOException {
        return spool == null
                ? Optional.empty()
                : spool.message(stream, position.sequence() + 1)
                        .filter(next -> position.sameStream(new StreamPosition(
                                position.sequence(), null, next.at().streamCreated())));
    }

    /** Looks for the next message in the spool; after its end, the stream is to be connected. */
    void readSpool(long round) throws IOException {
        if (spooling && spooled == null) {
            spooled = inSpool(taken).orElse(null);
            spooledRound = round;
            spooling = spooled != null || !handled.equals(taken);
        }
    }

    /** Closes the consumer, and drops all messages that were not applied. */
    void stop() {
        spooling = false;
        spooled = null;
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

    /** Returns whether the map is before the messages that were applied, or at another stream. */
    boolean isSetBack(Positions all) {
        StreamPosition position = at(all);
        boolean setBack = isConnected()
                && (position.sequence() < handled.sequence()
                        || !position.sameStream(new StreamPosition(position.sequence(), null, created)));
        if (setBack) {
            LOG.info("The map of {} was set from {} to {}", stream, handled.sequence(), position.sequence());
        }
        return setBack;
    }

    /** Confirms that the consumer belongs to the stream that was checked. */
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

    /** Returns whether a message has arrived that was not taken. */
    boolean hasHead() {
        FeedLink open = link;
        return spooled != null || (open != null && open.head() != null);
    }

    /** Returns the position of the last message taken, or the position at which the reader began. */
    StreamPosition taken() {
        return taken;
    }

    /** Returns the server timestamp of the head. */
    Instant headTime() {
        StreamMessage kept = spooled;
        return kept == null
                ? arrived().metaData().timestamp().toInstant()
                : Objects.requireNonNull(kept.at().timestamp(), "a server's message has a time");
    }

    private Message arrived() {
        return Objects.requireNonNull(
                Objects.requireNonNull(link, "the reader is connected").head(), "the reader has a head");
    }

    /** Returns whether this stream cannot still receive a message that is earlier than the head of another one. */
    boolean isPast(FeedReader other) {
        Instant time = taken.timestamp();
        return hasHead() || drained >= other.headRound() || (time != null && time.isAfter(other.headTime()));
    }

    private long headRound() {
        return spooled != null
                ? spooledRound
                : Objects.requireNonNull(link, "the reader is connected").headRound();
    }

    /** Records that the server had no message after those taken, when all of a round of messages had arrived. */
    void drained(long byRound) {
        drained = byRound;
    }

    /**
     * Checks the head and adds it to the batch unless it is a duplicate. Returns false if the batch must be applied
     * first.
     */
    boolean take(List<StreamMessage> batch) throws IOException, SQLException, FeedStopped {
        StreamPosition at = headPosition();
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
            StreamMessage next = spooled == null ? messageOf(arrived(), at) : spooled;
            batch.add(arrival instanceof Arrival.Skip skip ? next.skipping(skip.range()) : next);
            taken = at;
        }
        removeHead();
        return true;
    }

    private StreamPosition headPosition() {
        StreamMessage kept = spooled;
        if (kept != null) {
            return kept.at();
        }
        NatsJetStreamMetaData data = arrived().metaData();
        return new StreamPosition(data.streamSequence(), data.timestamp().toInstant(), created);
    }

    /** Removes the head. The first message that is taken from the stream itself ends the need for the spool. */
    private void removeHead() throws IOException {
        if (spooled != null) {
            spooled = null;
            readSpool(spooledRound);
            return;
        }
        Objects.requireNonNull(link, "the reader is connected").take();
        if (spool != null) {
            spool.release(stream);
            spool = null;
        }
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

    private void requireDelivered(Arrival arrival) throws IOException, FeedStopped {
        if (arrival instanceof Arrival.Gap gap) {
            if (inSpool(taken).isPresent()) {
                throw RequestFailure.brokenOff("messages " + gap.range() + " of " + stream + " are in the spool");
            }
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
        return messageOf(stream, message, at);
    }

    /** Returns a message of a consumer as a message for handlers. */
    static StreamMessage messageOf(String stream, Message message, StreamPosition at) {
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
