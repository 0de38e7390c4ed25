package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source of an apply loop: hands the host every message of its streams, in order, from the position after the map's.
 * Recover first; a feed on a node that misses messages ends at once.
 *
 * <p><b>Nothing is passed over.</b> At every start, and after every cut connection, the stream's identity and first
 * sequence are held against the map before anything is consumed; each message is looked at before it is applied. Where
 * messages are gone, or the stream is another one, the feed applies nothing more, of no stream, and tells {@code onEnd}:
 * {@link FeedEnd.Gap}, {@link FeedEnd.Reset}. Cut links and stopped servers, however long, end no feed: it begins again
 * where the map stands.
 *
 * <p><b>Counting.</b> With a {@link FileSequenceMap} the feed runs the handler inside
 * {@link FileSequenceMap#apply FileSequenceMap.apply} and counts by itself: at least once after a crash. With a
 * {@link TableSequenceMap} the handler counts in its own transaction: exactly once.
 *
 * <p><b>Own publications</b> come back like all other messages. A host that has applied its own change before it published
 * says so: {@code map.published(ack.getStream(), feed.positionOf(ack))}; that never moves the position past messages that
 * are still to come, and the message is not handed to the handler when it comes. A host whose changes to the same rows may
 * meet must leave that out, and apply its own like all others: only the order of the stream is the same everywhere.
 *
 * <p><b>Threads.</b> One daemon thread for each stream, or the host's executor, which then always has one task of each
 * stream queued or running, for a tenth of a second or one message at a time. Messages of one stream are never handled at
 * the same time, those of several are. No thread is left when {@link #close} returns.
 *
 * <p>Thread-safe. Closes nothing of the host's. A user needs the permissions of {@link NatsStreams}, and to publish under
 * {@code $JS.API.} to {@code CONSUMER.CREATE}, {@code CONSUMER.MSG.NEXT} and {@code CONSUMER.DELETE} of the streams.
 */
public final class NatsFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NatsFeed.class);
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final FeedSettings settings;
    private final List<FeedWorker> workers;
    private final AtomicReference<@Nullable FeedEnd> end = new AtomicReference<>();
    private final AtomicInteger working;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

    private NatsFeed(FeedSettings settings) {
        this.settings = settings;
        this.workers = settings.streams().names().stream()
                .map(stream -> new FeedWorker(settings, stream))
                .toList();
        this.working = new AtomicInteger(workers.size());
    }

    /** Begins to feed a host that counts in a file. */
    public static Builder builder(NatsStreams streams, FileSequenceMap positions) {
        FeedPositions counted = FeedPositions.of(Objects.requireNonNull(positions, "positions"));
        return new Builder(streams, () -> counted);
    }

    /**
     * Begins to feed a host that counts in tables of its replica.
     *
     * @param replica where the feed reads positions, whenever it starts or begins again
     */
    public static Builder builder(NatsStreams streams, TableSequenceMap positions, DataSource replica) {
        Objects.requireNonNull(positions, "positions");
        Objects.requireNonNull(replica, "replica");
        return new Builder(streams, () -> FeedPositions.of(positions, replica));
    }

    /**
     * The position of a message that the host has published, for {@code published} of its map. Does no I/O.
     *
     * @throws IllegalArgumentException where it went to a stream that is not followed
     */
    public StreamPosition positionOf(PublishAck ack) {
        FeedWorker worker = workers.stream()
                .filter(candidate -> candidate.stream().equals(ack.getStream()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(ack.getStream() + " is not one of the streams "
                        + settings.streams().names()));
        return new StreamPosition(ack.getSeqno(), null, worker.created());
    }

    /**
     * How many messages of each stream are still to be applied, from the map's position on; asks the server, and the
     * replica's tables for a stream that the feed has not come to yet.
     *
     * @throws IOException where it cannot be found out
     */
    public SortedMap<String, Long> lag() throws IOException {
        SortedMap<String, Long> lag = new TreeMap<>();
        for (String stream : settings.streams().names()) {
            long last = settings.streams().state(stream).map(StreamState::last).orElse(0L);
            lag.put(stream, Math.max(0, last - appliedOf(stream)));
        }
        return lag;
    }

    private long appliedOf(String stream) throws IOException {
        try {
            return settings.positions().current(stream).sequence();
        } catch (SQLException e) {
            throw new IOException("the position of " + stream + " cannot be read from the replica", e);
        }
    }

    /** Why it has ended, or is about to; empty while it goes on. */
    public Optional<FeedEnd> end() {
        return Optional.ofNullable(end.get());
    }

    /** Waits until it has ended, its threads too, and says why. Not to be called inside a handler. */
    public FeedEnd awaitEnd() throws InterruptedException {
        ended.await();
        return Objects.requireNonNull(end.get(), "an ended feed has an end");
    }

    /**
     * Ends it: lets handlers that run finish, and waits for them and for {@code onEnd}. Inside a handler, or
     * {@code onEnd}, it returns at once. Idempotent. An interrupt ends the wait, and is kept.
     */
    @Override
    public void close() {
        finish(new FeedEnd.Closed());
        if (inside.get()) {
            return;
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start() {
        Executor executor = settings.executor();
        for (FeedWorker worker : workers) {
            if (executor == null) {
                Thread thread = new Thread(() -> run(worker), "snapshot-feed-" + worker.stream());
                thread.setDaemon(true);
                thread.start();
            } else {
                submit(executor, worker);
            }
        }
    }

    private void run(FeedWorker worker) {
        inside.set(true);
        while (goesOn(worker)) {
            LOG.trace("Going on with {}", worker.stream());
        }
    }

    private void submit(Executor executor, FeedWorker worker) {
        try {
            executor.execute(() -> {
                inside.set(true);
                try {
                    if (goesOn(worker)) {
                        submit(executor, worker);
                    }
                } finally {
                    inside.remove();
                }
            });
        } catch (RejectedExecutionException e) {
            finish(new FeedEnd.Failed(worker.stream(), e));
            leave(worker);
        }
    }

    /** One step of a worker; false where it has left. */
    private boolean goesOn(FeedWorker worker) {
        if (end.get() == null) {
            FeedEnd reason = safeStep(worker);
            if (reason == null) {
                return true;
            }
            finish(reason);
        }
        leave(worker);
        return false;
    }

    private @Nullable FeedEnd safeStep(FeedWorker worker) {
        try {
            return worker.step(MOMENT, this::pause);
        } catch (RuntimeException e) {
            return new FeedEnd.Failed(worker.stream(), e);
        } catch (Error e) { // Whoever waits for the end must learn of it, though a thread is all that it ends.
            return new FeedEnd.Failed(
                    worker.stream(), new ExecutionException("an error has ended the feed of " + worker.stream(), e));
        }
    }

    private void pause(Duration time) {
        try {
            boolean over = ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
            LOG.trace("Paused; ending: {}", over);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finish(new FeedEnd.Closed());
        }
    }

    private void finish(FeedEnd reason) {
        if (end.compareAndSet(null, reason)) {
            ending.countDown();
        }
    }

    /** The last worker to leave tells the host. */
    private void leave(FeedWorker worker) {
        worker.stop();
        if (working.decrementAndGet() > 0) {
            return;
        }
        FeedEnd reason = Objects.requireNonNull(end.get(), "a worker leaves for a reason");
        LOG.info("The feed of {} has ended: {}", settings.streams().names(), reason);
        try {
            settings.onEnd().accept(reason);
        } finally {
            ended.countDown();
        }
    }

    /**
     * Starts feeds. Defaults:
     *
     * <ul>
     *   <li>a thread of its own for each stream
     *   <li>at most 256 messages of a stream are underway or waiting
     *   <li>a message deleted inside a stream is a gap
     * </ul>
     *
     * <p>A handler and {@code onEnd} are required. Not thread-safe; may start any number of feeds, one after the other.
     */
    public static final class Builder {

        private final NatsStreams streams;
        private final Supplier<FeedPositions> positions;
        private @Nullable FeedHandler handler;
        private @Nullable Consumer<FeedEnd> onEnd;
        private @Nullable Executor executor;
        private int window = 256;
        private FeedSettings.Deletion deletion = FeedSettings.Deletion.GAP;

        /** What one feed has seen of its positions is nothing to the next: a restore may lie in between. */
        private Builder(NatsStreams streams, Supplier<FeedPositions> positions) {
            this.streams = Objects.requireNonNull(streams, "streams");
            this.positions = positions;
        }

        /** Applies messages. */
        public Builder handler(FeedHandler value) {
            handler = Objects.requireNonNull(value, "handler");
            return this;
        }

        /**
         * Is told why the feed has ended, exactly once, after the last message. Runs on a thread of the feed or the host's
         * executor, or of whoever closes it; may block, and may recover and start the next feed. What it throws goes to
         * that thread.
         */
        public Builder onEnd(Consumer<FeedEnd> value) {
            onEnd = Objects.requireNonNull(value, "onEnd");
            return this;
        }

        /** Runs everything on the host's executor, which is not shut down. */
        public Builder executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /** How many messages of each stream may be underway to this node, or waiting in it: at least 2. */
        public Builder maxInFlight(int messages) {
            if (messages < 2) {
                throw new IllegalArgumentException("at least 2 messages are underway, not " + messages);
            }
            window = messages;
            return this;
        }

        /** Declares it as normal that messages are deleted inside a stream; they are counted as skipped. */
        public Builder deletionIsNormal() {
            deletion = FeedSettings.Deletion.NORMAL;
            return this;
        }

        /**
         * Starts a feed; returns at once.
         *
         * @throws IllegalStateException where the handler or {@code onEnd} is missing
         */
        public NatsFeed start() {
            if (handler == null || onEnd == null) {
                throw new IllegalStateException("a feed needs a handler and onEnd");
            }
            NatsFeed feed = new NatsFeed(
                    new FeedSettings(streams, positions.get(), handler, onEnd, executor, window, deletion));
            feed.start();
            return feed;
        }
    }
}
