package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.GapDetector;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one stream: makes a consumer where the map stands, looks at each message before it is applied, and begins again
 * after whatever breaks on the way. Does its work in small steps, never two at a time; not thread-safe.
 */
final class FeedWorker {

    private static final Logger LOG = LoggerFactory.getLogger(FeedWorker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int TIMES_MISSING = 3;

    private final JetStreamApi api;
    private final String stream;
    private final FeedPositions positions;
    private final FeedHandler handler;
    private final GapDetector detector;
    private final int window;
    private @Nullable FeedLink link;
    private volatile @Nullable Instant created;
    private Duration pause = FIRST_PAUSE;
    private int missing;
    private long outOfSequence;

    FeedWorker(FeedSettings settings, String stream) {
        this.api = settings.streams().api();
        this.stream = stream;
        this.positions = settings.positions();
        this.handler = settings.handler();
        this.window = settings.window();
        GapDetector strict = GapDetector.of(settings.streams(), stream);
        this.detector = settings.deletion() == FeedSettings.Deletion.NORMAL ? strict.deletionIsNormal() : strict;
    }

    String stream() {
        return stream;
    }

    /** Creation time of the stream it consumes; null before the first consumer. */
    @Nullable
    Instant created() {
        return created;
    }

    /**
     * Connects, or applies the next message where one comes within a moment.
     *
     * @return why the feed must end; null where it goes on
     */
    @Nullable
    FeedEnd step(Duration moment, Waiting waiting) {
        try {
            FeedLink open = link;
            return open == null ? connect() : next(open, moment);
        } catch (InterruptedIOException e) {
            return new FeedEnd.Closed(); // By whom the thread belongs to; its flag is set.
        } catch (IOException e) {
            return broken(e, waiting);
        } catch (JetStreamApiException e) {
            return broken(e, waiting);
        }
    }

    /** Gives back what it holds. */
    void stop() {
        FeedLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    private @Nullable FeedEnd connect() throws IOException, JetStreamApiException {
        StreamPosition position;
        try {
            position = positions.read(stream);
        } catch (Exception e) {
            return new FeedEnd.Failed(stream, e);
        }
        Optional<Instant> timestamp = timestampAt(position.sequence());
        StreamInfo info = info();
        if (info == null) {
            return new FeedEnd.Reset(stream, "the stream " + stream + " does not exist");
        }
        StreamState state = NatsStreams.stateOf(info);
        if (timestamp.isEmpty() && state.first() <= position.sequence() && position.sequence() <= state.last()) {
            timestamp = timestampAt(position.sequence()); // It came meanwhile, or was deleted inside.
        }
        FeedStart start = FeedStart.of(stream, position, timestamp, state);
        if (start.obstacle() != null) {
            return start.obstacle();
        }
        link = new FeedLink(api, stream, start.created(), position.sequence() + 1, window);
        confirm(start.created());
        created = start.created();
        pause = FIRST_PAUSE;
        LOG.info("Following {} from message {} on", stream, position.sequence() + 1);
        return null;
    }

    /** The consumer is made: where the stream is still the one that was looked at, the consumer is that one's. */
    private void confirm(Instant expected) throws IOException, JetStreamApiException {
        Instant now = api.streamInfo(stream).getCreateTime().toInstant();
        if (!now.equals(expected)) {
            throw RequestFailure.brokenOff("the stream " + stream + " was created anew");
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

    /** The stream's state; null where it does not exist, and did not some moments ago either. */
    private @Nullable StreamInfo info() throws IOException, JetStreamApiException {
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
                throw RequestFailure.brokenOff("the stream " + stream + " is not there");
            }
            return null;
        }
    }

    private @Nullable FeedEnd next(FeedLink open, Duration moment) throws IOException {
        Message message = open.poll(moment);
        return message == null ? null : arrived(open, message);
    }

    private @Nullable FeedEnd arrived(FeedLink open, Message message) throws IOException {
        NatsJetStreamMetaData data = message.metaData();
        Instant timestamp = data.timestamp().toInstant();
        StreamPosition at = new StreamPosition(data.streamSequence(), timestamp, open.created());
        Arrival arrival = detector.arrived(positions.known(stream), at.sequence(), timestamp);
        if (arrival instanceof Arrival.Next) {
            return apply(message, at, Optional.empty());
        }
        if (arrival instanceof Arrival.Skip skip) {
            return apply(message, at, Optional.of(skip.range()));
        }
        if (arrival instanceof Arrival.Gap gap) {
            return new FeedEnd.Gap(stream, gap.range(), gap.cause());
        }
        if (arrival instanceof Arrival.Reset reset) {
            return new FeedEnd.Reset(stream, reset.reason());
        }
        if (arrival instanceof Arrival.Undelivered undelivered) {
            throw RequestFailure.brokenOff("messages " + undelivered.range() + " of " + stream + " were passed over");
        }
        return null; // A duplicate.
    }

    private @Nullable FeedEnd apply(Message message, StreamPosition at, Optional<SequenceRange> skipped)
            throws RequestFailure {
        byte[] data = message.getData() == null ? new byte[0] : message.getData();
        FeedMessage next =
                new FeedMessage(stream, at, message.getSubject(), headers(message.getHeaders()), data, skipped);
        try {
            positions.apply(next, handler);
            return null;
        } catch (OutOfSequenceException e) {
            if (outOfSequence == at.sequence()) {
                return new FeedEnd.Failed(stream, e);
            }
            outOfSequence = at.sequence();
            throw RequestFailure.brokenOff(e.toString()); // Looked into by starting again.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new FeedEnd.Failed(stream, e);
        } catch (Exception e) {
            return new FeedEnd.Failed(stream, e);
        }
    }

    private static Map<String, List<String>> headers(@Nullable Headers headers) {
        Map<String, List<String>> copy = new HashMap<>();
        if (headers != null) {
            headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        }
        return Map.copyOf(copy);
    }

    /** What broke may heal, however long that takes, unless it is refused. */
    private @Nullable FeedEnd broken(Exception e, Waiting waiting) {
        stop();
        if (!heals(e)) {
            return new FeedEnd.Failed(stream, e);
        }
        if (pause.equals(FIRST_PAUSE)) {
            LOG.info("The feed of {} broke off, and begins again: {}", stream, e.toString());
        }
        waiting.pause(pause);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        return null;
    }

    private static boolean heals(Exception e) {
        Throwable cause = e.getCause();
        if (e instanceof RequestFailure || e instanceof JetStreamApiException) {
            return NatsFailures.mayPass(e);
        }
        return !(cause instanceof RequestFailure || cause instanceof JetStreamApiException)
                || NatsFailures.mayPass(cause);
    }

    /** Waits, unless the feed is being closed. */
    @FunctionalInterface
    interface Waiting {
        void pause(Duration time);
    }
}
