package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
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
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one stream: creates a consumer at the map's position, checks each message before it is applied, and
 * reconnects after every failure of the link. Reads the map four times a second, because a restore may set it back, and
 * then continues from there. Runs in small steps, never two at a time. Not thread-safe.
 */
final class FeedWorker {

    private static final Logger LOG = LoggerFactory.getLogger(FeedWorker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final int TIMES_MISSING = 3;

    private final NatsStreams streams;
    private final JetStreamApi api;
    private final String stream;
    private final FeedPositions positions;
    private final FeedHandler handler;
    private final GapDetector detector;
    private final int window;
    private final LongSupplier nanoTime;
    private @Nullable FeedLink link;
    private volatile @Nullable Instant created;
    private StreamPosition handled = StreamPosition.at(0);
    private long lastLook;
    private boolean mapUnreadable;
    private Duration pause = FIRST_PAUSE;
    private int missing;
    private long outOfSequence;

    /**
     * Creates a worker.
     *
     * @param nanoTime nanoseconds since any moment, by which the worker looks at the map
     */
    FeedWorker(FeedSettings settings, String stream, LongSupplier nanoTime) {
        this.streams = settings.streams();
        this.api = streams.api();
        this.stream = stream;
        this.positions = settings.positions();
        this.handler = settings.handler();
        this.window = settings.window();
        this.nanoTime = nanoTime;
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

    /**
     * Connects, or applies the next message if one arrives within the given time.
     *
     * @return why the feed must end; null if it continues
     */
    @Nullable
    FeedEnd step(Duration moment, Waiting waiting) {
        try {
            FeedLink open = link;
            return open == null || isSetBack(open) ? connect() : next(open, moment);
        } catch (InterruptedIOException e) {
            return new FeedEnd.Closed(); // The owner of the thread interrupted it; the interrupt flag stays set.
        } catch (ConcurrentRestoreException e) {
            return broken(e, BETWEEN_LOOKS, waiting); // Continues from the map's position after the restore.
        } catch (SQLException e) {
            return new FeedEnd.Failed(stream, e);
        } catch (IOException e) {
            return broken(e, LONGEST_PAUSE, waiting);
        } catch (JetStreamApiException e) {
            return broken(e, LONGEST_PAUSE, waiting);
        }
    }

    /** Closes the consumer. */
    void stop() {
        FeedLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    /**
     * Returns whether the map has been set back since the last look, or to another stream. The consumer has passed the
     * messages that must be applied again, and the stream may stay silent.
     */
    private boolean isSetBack(FeedLink open) {
        long now = nanoTime.getAsLong();
        if (now - lastLook < BETWEEN_LOOKS.toNanos()) {
            return false;
        }
        lastLook = now;
        try {
            StreamPosition position = position();
            mapUnreadable = false;
            return isSetBack(open, position);
        } catch (CorruptSequenceMapException e) {
            throw e;
        } catch (
                Exception e) { // Only this look fails. If the map stays unreadable, the next message cannot be counted.
            if (!mapUnreadable) {
                LOG.warn("The map of {} cannot be read; trying again: {}", stream, e.toString());
            }
            mapUnreadable = true;
            return false;
        }
    }

    private boolean isSetBack(FeedLink open, StreamPosition position) {
        boolean setBack = position.sequence() < handled.sequence()
                || !position.sameStream(new StreamPosition(position.sequence(), null, open.created()));
        if (setBack) {
            LOG.info("The map of {} was set from {} to {}", stream, handled.sequence(), position.sequence());
        }
        return setBack;
    }

    /** Returns the map's position: 0 if it has none, unless it had one. */
    private StreamPosition position() throws SQLException {
        Optional<StreamPosition> position = positions.read(stream);
        if (position.isEmpty() && handled.sequence() > 0) {
            throw new CorruptSequenceMapException("the sequence map has no position of " + stream
                    + " any longer, which was applied up to " + handled.sequence() + ": its tables were removed, as by"
                    + " HarmonyLite's -cleanup, or a snapshot without positions was restored; recover");
        }
        return position.orElse(StreamPosition.at(0));
    }

    private @Nullable FeedEnd connect() throws IOException, JetStreamApiException, SQLException {
        stop();
        StreamPosition position = position();
        Optional<Instant> timestamp = timestampAt(position.sequence());
        StreamInfo info = info();
        if (info == null) {
            return new FeedEnd.Reset(stream, "the stream " + stream + " does not exist");
        }
        StreamState state = streams.stateOf(stream, info);
        if (timestamp.isEmpty() && state.first() <= position.sequence() && position.sequence() <= state.last()) {
            timestamp = timestampAt(position.sequence()); // It arrived after the first lookup, or was deleted.
        }
        FeedStart start = FeedStart.of(stream, position, timestamp, state);
        if (start.obstacle() != null) {
            return start.obstacle();
        }
        link = new FeedLink(api, stream, start.created(), position.sequence() + 1, window);
        confirm(start.created());
        created = start.created();
        handled = position;
        lastLook = nanoTime.getAsLong();
        LOG.info("Following {} from message {} on", stream, position.sequence() + 1);
        return null;
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

    /** Returns the stream's state; null if the stream was missing at three lookups in a row. */
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
                throw RequestFailure.brokenOff("the stream " + stream + " does not exist");
            }
            return null;
        }
    }

    private @Nullable FeedEnd next(FeedLink open, Duration moment)
            throws IOException, JetStreamApiException, SQLException {
        Message message = open.poll(moment);
        FeedEnd end = message == null ? null : handle(open, message);
        pause = FIRST_PAUSE;
        return end;
    }

    private @Nullable FeedEnd handle(FeedLink open, Message message)
            throws IOException, JetStreamApiException, SQLException {
        NatsJetStreamMetaData data = message.metaData();
        Instant timestamp = data.timestamp().toInstant();
        StreamPosition at = new StreamPosition(data.streamSequence(), timestamp, open.created());
        if (at.sequence() != handled.sequence() + 1) {
            StreamPosition position = position(); // The host may have counted its own publications.
            if (isSetBack(open, position)) {
                return connect();
            }
            handled = position;
        }
        Arrival arrival = detector.arrived(handled, at.sequence(), timestamp);
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
            throw RequestFailure.brokenOff("messages " + undelivered.range() + " of " + stream + " were not delivered");
        }
        return null; // A duplicate.
    }

    private @Nullable FeedEnd apply(Message message, StreamPosition at, Optional<SequenceRange> skipped)
            throws RequestFailure {
        byte[] data = message.getData() == null ? new byte[0] : message.getData();
        StreamMessage plain = StreamMessage.of(stream, at, message.getSubject(), headers(message.getHeaders()), data);
        StreamMessage next = skipped.map(plain::skipping).orElse(plain);
        try {
            positions.apply(next, handler);
            handled = at;
            outOfSequence = 0;
            return null;
        } catch (ConcurrentRestoreException e) {
            throw e;
        } catch (OutOfSequenceException e) {
            if (outOfSequence == at.sequence()) {
                return new FeedEnd.Failed(stream, e);
            }
            outOfSequence = at.sequence();
            throw RequestFailure.brokenOff(e.toString()); // The reconnect finds the cause.
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

    /**
     * Prepares to reconnect after a failure of any duration. Returns an end only if the server rejects the request for
     * good.
     *
     * @param longest the longest pause
     */
    private @Nullable FeedEnd broken(Exception e, Duration longest, Waiting waiting) {
        stop();
        if (!isTransient(e)) {
            return new FeedEnd.Failed(stream, e);
        }
        if (pause.equals(FIRST_PAUSE)) {
            LOG.info("The feed of {} reconnects after a failure: {}", stream, e.toString());
        }
        Duration wait = pause.compareTo(longest) > 0 ? longest : pause;
        waiting.pause(wait);
        pause = wait.multipliedBy(2);
        return null;
    }

    private static boolean isTransient(Exception e) {
        Throwable cause = e.getCause();
        if (e instanceof RequestFailure || e instanceof JetStreamApiException) {
            return NatsFailures.mayPass(e);
        }
        return !(cause instanceof RequestFailure || cause instanceof JetStreamApiException)
                || NatsFailures.mayPass(cause);
    }

    /** Waits until the time is over or the feed is closed. */
    @FunctionalInterface
    interface Waiting {
        void pause(Duration time);
    }
}
