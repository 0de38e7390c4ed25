package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the messages of one stream, or of several merged streams, in batches, and reconnects after every failure of a
 * link. Reads the map four times a second, and before each batch of merged streams, because a restore may set it back.
 * Not thread-safe.
 */
final class FeedWorker {

    private static final Logger LOG = LoggerFactory.getLogger(FeedWorker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final Duration NOW = Duration.ofNanos(1);

    private final JetStreamApi api;
    private final FeedPositions positions;
    private final FeedBatchHandler handler;
    private final int maxBatch;
    private final Duration retryTimeout;
    private final LongSupplier nanoTime;
    private final List<FeedReader> readers;
    private final FeedMerge merge;
    private final List<StreamMessage> batch = new ArrayList<>();
    private Inbox inbox;
    private long round;
    private long lastLook;
    private boolean mapUnreadable;
    private Duration pause = FIRST_PAUSE;
    private int alone;
    private @Nullable StreamMessage outOfSequence;
    private @Nullable Retry retry;

    /** Creates a worker for streams that are ordered by name. */
    FeedWorker(FeedSettings settings, List<FeedReader> readers, LongSupplier nanoTime) {
        this.api = settings.streams().api();
        this.positions = settings.positions();
        this.handler = settings.handler();
        this.maxBatch = settings.maxBatch();
        this.retryTimeout = settings.retryTimeout();
        this.readers = readers;
        this.nanoTime = nanoTime;
        this.merge = new FeedMerge(api, readers);
        this.inbox = new Inbox(api.connection());
    }

    /** Returns the names of the streams, for people. */
    String streams() {
        return String.join(", ", readers.stream().map(FeedReader::stream).toList());
    }

    /** Connects, or applies the next messages. Returns why the feed must end; null if it continues. */
    @Nullable
    FeedEnd step(Duration moment, Waiting waiting) {
        try {
            if (connect()) {
                return null;
            }
            if (batch.isEmpty()) {
                collect(moment);
            }
            if (isSetBack()) {
                restart();
                return null;
            }
            FeedEnd end = batch.isEmpty() ? null : apply(waiting);
            pause = FIRST_PAUSE;
            return end;
        } catch (FeedStopped e) {
            return e.end();
        } catch (InterruptedIOException e) {
            return new FeedEnd.Closed(); // The owner of the thread interrupted it; the interrupt flag stays set.
        } catch (ConcurrentRestoreException e) {
            return broken(e, BETWEEN_LOOKS, waiting); // Continues from the map's position after the restore.
        } catch (SQLException e) {
            return TransientFailure.is(e) ? retry(null, e, waiting) : failed(null, e);
        } catch (IOException | JetStreamApiException e) {
            return broken(e, LONGEST_PAUSE, waiting);
        }
    }

    /** Closes the consumers, and drops all messages that were not applied. */
    void stop() {
        batch.clear();
        alone = 0;
        readers.forEach(FeedReader::stop);
        inbox.close();
    }

    private void restart() {
        stop();
        inbox = new Inbox(api.connection());
    }

    /** Connects streams that are not; returns whether there were any. Others stay connected if that fails. */
    private boolean connect() throws IOException, JetStreamApiException, SQLException, FeedStopped {
        boolean connected = false;
        for (FeedReader reader : readers) {
            if (!reader.isConnected()) {
                reader.connect(inbox);
                lastLook = nanoTime.getAsLong();
                connected = true;
            }
        }
        return connected;
    }

    /** Returns whether the map has been set back since the last look. */
    private boolean isSetBack() {
        long now = nanoTime.getAsLong();
        boolean isDue = now - lastLook >= BETWEEN_LOOKS.toNanos() || (readers.size() > 1 && !batch.isEmpty());
        if (!isDue) {
            return false;
        }
        lastLook = now;
        try {
            Positions all = positions.read();
            mapUnreadable = false;
            return readers.stream().anyMatch(reader -> reader.isSetBack(all));
        } catch (CorruptSequenceMapException e) {
            throw e;
        } catch (
                Exception e) { // Only this look fails. If the map stays unreadable, the next message cannot be counted.
            if (!mapUnreadable) {
                LOG.warn("The map of {} cannot be read; trying again: {}", streams(), e.toString());
            }
            mapUnreadable = true;
            return false;
        }
    }

    /** Fills the batch with messages that have arrived; waits only if there are none. */
    private void collect(Duration moment) throws IOException, JetStreamApiException, SQLException, FeedStopped {
        receive(NOW);
        take();
        if (batch.isEmpty()) {
            receive(moment);
            take();
        }
    }

    private void receive(Duration moment) throws IOException {
        round++;
        for (FeedReader reader : readers) {
            reader.readSpool(round);
        }
        if (readers.stream().noneMatch(FeedReader::isLinked)) {
            return;
        }
        for (Message next = inbox.poll(moment); next != null; next = inbox.poll(NOW)) {
            for (FeedReader reader : readers) {
                if (reader.receive(next, round)) {
                    break;
                }
            }
        }
        for (FeedReader reader : readers) {
            reader.checkLink();
        }
    }

    private void take() throws IOException, JetStreamApiException, SQLException, FeedStopped {
        while (batch.size() < maxBatch) {
            Optional<FeedReader> next = merge.next(round);
            if (next.isEmpty() || !next.get().take(batch)) {
                return;
            }
        }
    }

    /** Applies the batch, or only its first message after the batch has failed. */
    private @Nullable FeedEnd apply(Waiting waiting) throws RequestFailure {
        List<StreamMessage> next = List.copyOf(alone > 0 ? batch.subList(0, 1) : batch);
        HandlerCall call = new HandlerCall(handler);
        try {
            positions.apply(next, call);
            applied(next);
            return null;
        } catch (ConcurrentRestoreException e) {
            throw e;
        } catch (OutOfSequenceException e) {
            return outOfSequence(next.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(next.get(0), e);
        } catch (Exception e) {
            if (TransientFailure.is(e)) {
                return retry(next.get(0), e, waiting);
            }
            if (call.hasFailed() && next.size() > 1) {
                LOG.info("{} messages of {} could not be applied together: {}", next.size(), streams(), e.toString());
                alone = next.size();
                return null;
            }
            return failed(call.hasFailed() ? next.get(0) : null, e);
        }
    }

    private void applied(List<StreamMessage> messages) {
        for (StreamMessage message : messages) {
            for (FeedReader reader : readers) {
                if (reader.stream().equals(message.stream())) {
                    reader.applied(message.at());
                }
            }
        }
        batch.subList(0, messages.size()).clear();
        alone = Math.max(0, alone - messages.size());
        outOfSequence = null;
        retry = null;
    }

    /** Reconnects, which finds the cause. Returns an end if that has happened for the same message before. */
    private FeedEnd outOfSequence(StreamMessage first, OutOfSequenceException e) throws RequestFailure {
        StreamMessage before = outOfSequence;
        if (before != null
                && before.stream().equals(first.stream())
                && before.at().equals(first.at())) {
            return failed(first, e);
        }
        outOfSequence = first;
        throw RequestFailure.brokenOff(e.toString());
    }

    /** Pauses before the same is tried again; returns the end if the failure has lasted too long. */
    private @Nullable FeedEnd retry(@Nullable StreamMessage message, Exception e, Waiting waiting) {
        Retry now = retry == null ? new Retry(nanoTime.getAsLong(), FIRST_PAUSE) : retry;
        Duration left = retryTimeout.minusNanos(nanoTime.getAsLong() - now.sinceNanos());
        if (left.isNegative() || left.isZero()) {
            return failed(message, e);
        }
        if (retry == null) {
            LOG.warn("The feed of {} tries again for {} after a failure: {}", streams(), retryTimeout, e.toString());
        }
        waiting.pause(now.pause().compareTo(left) < 0 ? now.pause() : left);
        Duration longer = now.pause().multipliedBy(2);
        retry = new Retry(now.sinceNanos(), longer.compareTo(LONGEST_RETRY) < 0 ? longer : LONGEST_RETRY);
        return null;
    }

    private FeedEnd failed(@Nullable StreamMessage message, Exception e) {
        return message == null
                ? new FeedEnd.Failed(streams(), OptionalLong.empty(), e)
                : new FeedEnd.Failed(
                        message.stream(), OptionalLong.of(message.at().sequence()), e);
    }

    /** Prepares to reconnect. Returns an end only if the server rejects the request for good. */
    private @Nullable FeedEnd broken(Exception e, Duration longest, Waiting waiting) {
        if (readers.stream().allMatch(FeedReader::isConnected)
                || readers.stream().noneMatch(FeedReader::isConnected)) {
            restart();
        }
        if (!isTransient(e)) {
            return failed(null, e);
        }
        if (pause.equals(FIRST_PAUSE)) {
            LOG.info("The feed of {} reconnects after a failure: {}", streams(), e.toString());
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

    private record Retry(long sinceNanos, Duration pause) {}

    /** One call of the handler, which tells its failure from one of the map. */
    private static final class HandlerCall implements FeedBatchHandler {

        private final FeedBatchHandler handler;
        private boolean failed;

        HandlerCall(FeedBatchHandler handler) {
            this.handler = handler;
        }

        @Override
        public void handle(List<StreamMessage> messages) throws Exception {
            failed = true;
            try {
                handler.handle(messages);
            } catch (Error e) { // An error would otherwise end only this thread.
                throw new ExecutionException("an error ended the handler of " + messages.get(0), e);
            }
            failed = false;
        }

        boolean hasFailed() {
            return failed;
        }
    }
}
