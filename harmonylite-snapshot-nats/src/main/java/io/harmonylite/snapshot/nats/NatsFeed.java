package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows streams and passes every message to the host's handler, in order, from the map's position on. Recover before
 * starting a feed: it ends at once if the node misses messages.
 *
 * <p>A node that keeps its positions in tables, and so applies each message exactly once:
 *
 * <pre>{@code
 * TableSequenceMap positions = TableSequenceMap.create();
 * NatsStreams streams = NatsStreams.of(nats, "orders");
 * NatsFeed feed = NatsFeed.builder(streams, positions, dataSource)
 *         .handler(message -> {
 *             try (Connection connection = dataSource.getConnection()) {
 *                 connection.setAutoCommit(false);
 *                 if (message.countIn(positions.in(connection))) {
 *                     insertOrder(connection, message.data());
 *                 }
 *                 connection.commit();
 *             }
 *         })
 *         .onEnd(end -> stopServing(end))
 *         .start();
 * }</pre>
 *
 * <p><b>No message is skipped.</b> At every start, and after every lost connection, the feed compares the stream's
 * identity and first sequence with the map before it consumes anything. Each message is checked before it is applied.
 * If messages are missing, or the stream is another one, the feed stops for all streams and calls {@code onEnd} with
 * {@link FeedEnd.Gap} or {@link FeedEnd.Reset}. A message that was deleted inside a stream is missing too, unless
 * {@link NatsStreams#allowDeletedMessages} allows that; the feed then counts it as skipped. Lost connections and stopped servers, however long, do not end a feed:
 * it reconnects and resumes at the map's position.
 *
 * <p><b>A restore online</b> does not end a feed either. While it replaces the data, nothing is applied. The feed reads
 * the map four times a second. If the map was set back, also by another process, the feed continues from the new
 * position within one second, even if no message arrives. If the map has lost its position, the feed ends with {@link
 * FeedEnd.Failed}: recover.
 *
 * <p><b>Counting.</b> With a {@link FileSequenceMap} the feed runs the handler inside {@link FileSequenceMap#applyAll
 * FileSequenceMap.applyAll} and counts by itself: after a crash, a message is applied at least once. With a {@link
 * TableSequenceMap} the handler counts in its own transaction: exactly once.
 *
 * <p><b>Batches.</b> A {@link Builder#batchHandler batch handler} applies several messages in one transaction, with one
 * durable update of the map. This is many times faster if commits are durable:
 *
 * <pre>{@code
 *         .batchHandler(messages -> {
 *             try (Connection connection = dataSource.getConnection()) {
 *                 connection.setAutoCommit(false);
 *                 for (StreamMessage message : positions.in(connection).appliedAll(messages)) {
 *                     insertOrder(connection, message.data());
 *                 }
 *                 connection.commit();
 *             }
 *         })
 * }</pre>
 *
 * <p><b>Own publications</b> are delivered like all other messages. A host that applies its own change before it
 * publishes the change reports it with {@code map.published(ack.getStream(), feed.positionOf(ack))}. The message is
 * then not passed to the handler, and the position never moves past messages that are still to come. If several hosts
 * may change the same rows, do not report own publications, and apply own messages like all others: only the order of
 * the stream is the same on all nodes.
 *
 * <p><b>Threads.</b> A feed has one daemon thread for each stream, or uses the host's executor. On the executor each
 * stream always has one task queued or running, which ends after a tenth of a second, one batch, or a pause of at most
 * two seconds after a failure. Messages of one stream are never handled concurrently. Those of several streams are,
 * unless the feed {@linkplain Builder#mergeByTime merges} them on one thread. When {@link #close} returns, no thread of
 * the feed is running.
 *
 * <p>Thread-safe. Connection, maps, data source and executor are not closed. Permissions: those of {@link NatsStreams},
 * and to publish under {@code $JS.API.} to {@code CONSUMER.CREATE}, {@code CONSUMER.MSG.NEXT} and {@code
 * CONSUMER.DELETE} of the streams.
 */
public final class NatsFeed implements AutoCloseable, FeedStatus {

    private static final Logger LOG = LoggerFactory.getLogger(NatsFeed.class);
    static final Duration MOMENT = Duration.ofMillis(100);

    private final FeedSettings settings;
    private final List<FeedReader> readers;
    private final List<FeedWorker> workers;
    private final AtomicReference<@Nullable FeedEnd> end = new AtomicReference<>();
    private final AtomicInteger working;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

    private NatsFeed(FeedSettings settings) {
        this.settings = settings;
        this.readers = settings.streams().names().stream()
                .map(stream -> new FeedReader(settings, stream))
                .toList();
        this.workers = settings.merged()
                ? List.of(new FeedWorker(settings, readers, System::nanoTime))
                : readers.stream()
                        .map(reader -> new FeedWorker(settings, List.of(reader), System::nanoTime))
                        .toList();
        this.working = new AtomicInteger(workers.size());
    }

    /**
     * Returns a builder for a feed with a file map, in which the feed counts messages.
     *
     * @param streams the streams to follow
     * @param positions the map, open as long as the feed
     */
    public static Builder builder(NatsStreams streams, FileSequenceMap positions) {
        return new Builder(streams, FeedPositions.of(Objects.requireNonNull(positions, "positions")));
    }

    /**
     * Returns a builder for a feed with a table map, in which the handler counts messages.
     *
     * @param streams the streams to follow
     * @param positions the map
     * @param replica connections to the database that holds the map; the feed reads positions from it whenever it
     *     connects or reconnects, and four times a second for each stream
     */
    public static Builder builder(NatsStreams streams, TableSequenceMap positions, DataSource replica) {
        Objects.requireNonNull(positions, "positions");
        Objects.requireNonNull(replica, "replica");
        return new Builder(streams, FeedPositions.of(positions, replica));
    }

    /**
     * Returns the position of a message that the host has published, for {@code published} of its map. Does no I/O.
     *
     * @throws IllegalArgumentException if the message was published to a stream that is not followed
     */
    public StreamPosition positionOf(PublishAck ack) {
        FeedReader reader = readers.stream()
                .filter(candidate -> candidate.stream().equals(ack.getStream()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(ack.getStream() + " is not one of the streams "
                        + settings.streams().names()));
        return new StreamPosition(ack.getSeqno(), null, reader.created());
    }

    /**
     * Returns how many messages of each stream are still to be applied, counted from the map's position. Asks the
     * server, and reads the position from the map each time.
     *
     * @throws IOException if the server cannot be reached, a stream does not exist, or a position cannot be read
     */
    @Override
    public SortedMap<String, Long> lag() throws IOException {
        SortedMap<String, Long> lag = new TreeMap<>();
        for (String stream : settings.streams().names()) {
            StreamState state = settings.streams()
                    .state(stream)
                    .orElseThrow(() -> new StreamAccessException("stream " + stream + " does not exist"));
            lag.put(stream, lag(stream, state));
        }
        return lag;
    }

    private long lag(String stream, StreamState state) throws IOException {
        long applied = Math.max(appliedOf(stream), state.beforeStart());
        NatsStreams streams = settings.streams();
        boolean isBehind = state.last() > applied
                && !(streams.areDeletedMessagesAllowed()
                        && streams.keptFrom(stream, applied + 1).isEmpty());
        return isBehind ? state.last() - applied : 0;
    }

    private long appliedOf(String stream) throws IOException {
        try {
            return settings.positions()
                    .read()
                    .of(stream)
                    .map(StreamPosition::sequence)
                    .orElse(0L);
        } catch (SQLException e) {
            throw new IOException("the position of " + stream + " cannot be read from the replica", e);
        }
    }

    /** Returns why the feed has ended, for people; empty while it runs. A closed feed has ended. */
    @Override
    public Optional<String> failure() {
        return end().map(FeedEnd::sentence);
    }

    /** Returns why the feed has ended, or is about to end; empty while it runs. */
    public Optional<FeedEnd> end() {
        return Optional.ofNullable(end.get());
    }

    /** Waits until the feed and all its threads have ended, and returns why. Must not be called inside a handler. */
    public FeedEnd awaitEnd() throws InterruptedException {
        ended.await();
        return Objects.requireNonNull(end.get(), "a feed that has ended has a reason");
    }

    /**
     * Ends the feed. Lets running handlers finish, and waits for them and for {@code onEnd}. Called inside a handler or
     * {@code onEnd} it returns at once. An interrupt ends the wait, and the interrupt flag stays set. Idempotent.
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
                Thread thread = new Thread(() -> run(worker), "snapshot-feed-" + worker.streams());
                thread.setDaemon(true);
                thread.start();
            } else {
                submit(executor, worker);
            }
        }
    }

    private void run(FeedWorker worker) {
        inside.set(true);
        while (step(worker)) {
            LOG.trace("Continuing with {}", worker.streams());
        }
    }

    private void submit(Executor executor, FeedWorker worker) {
        try {
            executor.execute(() -> {
                inside.set(true);
                try {
                    if (step(worker)) {
                        submit(executor, worker);
                    }
                } finally {
                    inside.remove();
                }
            });
        } catch (RejectedExecutionException e) {
            finish(new FeedEnd.Failed(worker.streams(), OptionalLong.empty(), e));
            leave(worker);
        }
    }

    /** Runs one step of a worker. Returns false if the worker has left. */
    private boolean step(FeedWorker worker) {
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
            return new FeedEnd.Failed(worker.streams(), OptionalLong.empty(), e);
        } catch (Error e) { // Reported as the end, because an error would otherwise end only this thread.
            return new FeedEnd.Failed(
                    worker.streams(),
                    OptionalLong.empty(),
                    new ExecutionException("an error ended the feed of " + worker.streams(), e));
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

    /** Closes a worker. The last worker to leave calls {@code onEnd}. */
    private void leave(FeedWorker worker) {
        worker.stop();
        if (working.decrementAndGet() > 0) {
            return;
        }
        FeedEnd reason = Objects.requireNonNull(end.get(), "a worker leaves for a reason");
        LOG.info("The feed of {} has ended: {}", settings.streams().names(), reason);
        try {
            if (settings.spool() != null) {
                settings.spool().close();
            }
            settings.onEnd().accept(reason);
        } finally {
            ended.countDown();
        }
    }

    /**
     * Starts feeds. Defaults:
     *
     * <ul>
     *   <li>one daemon thread for each stream, and no order between streams
     *   <li>at most 512 messages in a batch
     *   <li>at most 256 messages of a stream in flight or waiting, or as many as in a batch if that is more
     *   <li>transient failures are repeated for 10 seconds
     * </ul>
     *
     * <p>A handler or a batch handler is required. Not thread-safe; can start any number of feeds, one after the other.
     */
    public static final class Builder {

        private static final int USUAL_IN_FLIGHT = 256;

        private final NatsStreams streams;
        private final FeedPositions positions;
        private @Nullable FeedHandler handler;
        private @Nullable FeedBatchHandler batchHandler;
        private Consumer<FeedEnd> onEnd = end -> {};
        private @Nullable Executor executor;
        private int maxInFlight;
        private int maxBatch = 512;
        private Duration retryTimeout = Duration.ofSeconds(10);
        private boolean merged;
        private @Nullable MessageSpool spool;

        private Builder(NatsStreams streams, FeedPositions positions) {
            this.streams = Objects.requireNonNull(streams, "streams");
            this.positions = positions;
        }

        /** Sets the handler that applies messages one by one. */
        public Builder handler(FeedHandler value) {
            handler = Objects.requireNonNull(value, "handler");
            return this;
        }

        /**
         * Sets the handler that applies messages in batches. A batch contains the messages that have already arrived;
         * the feed does not wait to fill it.
         */
        public Builder batchHandler(FeedBatchHandler value) {
            batchHandler = Objects.requireNonNull(value, "handler");
            return this;
        }

        /**
         * Sets the maximum number of messages in a batch: 512 by default.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxBatch(int messages) {
            if (messages < 1) {
                throw new IllegalArgumentException("a batch must contain at least 1 message: " + messages);
            }
            maxBatch = messages;
            return this;
        }

        /**
         * Applies the messages of all streams on one thread, ordered by their server timestamps; then by name of the
         * stream. Use it if a message may depend on one of another stream. By default the streams are independent.
         *
         * <p>A message waits until no other stream can still have an earlier one. Streams without new messages do not
         * delay the others by more than one request. While one stream cannot be read, none is applied. A batch may
         * contain messages of several streams.
         *
         * <p>Timestamps are those of the servers that lead the streams. If their clocks differ, messages of different
         * streams that are closer to each other than that difference may be exchanged. After a restore, each stream
         * continues from its own position: its messages may be older than those that another stream has already
         * applied.
         */
        public Builder mergeByTime() {
            merged = true;
            return this;
        }

        /**
         * Sets the messages that recovery has kept: {@code report.spool().ifPresent(builder::spool)}. The feed applies
         * those after the map's positions first, then follows the streams. It closes the spool when it ends.
         */
        public Builder spool(MessageSpool value) {
            spool = Objects.requireNonNull(value, "spool");
            return this;
        }

        /**
         * Sets how long a handler is called again after a transient failure: an {@link SQLException}, also as a cause,
         * with SQLite's code for a locked database, or one that JDBC declares transient or recoverable. After this time
         * the feed ends. Measured from the first failure; {@link NatsFeed#close} ends it earlier. The default is 10
         * seconds, 0 means never.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder retryTimeout(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("the timeout must not be negative: " + value);
            }
            retryTimeout = value;
            return this;
        }

        /**
         * Sets the receiver of the feed's end. It is called exactly once, after the last message. It runs on a thread
         * of the feed or of the host's executor, or on the thread that closes the feed. It may block, recover, and
         * start the next feed. An exception that it throws goes to that thread.
         */
        public Builder onEnd(Consumer<FeedEnd> value) {
            onEnd = Objects.requireNonNull(value, "onEnd");
            return this;
        }

        /**
         * Sets an executor on which the feed runs; it is not shut down. Without one the feed has one daemon thread for
         * each stream, or one in all if it merges them.
         */
        public Builder executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /**
         * Sets the maximum number of messages of each stream that are in flight to this node or waiting in it: at least
         * 2. The default is 256, or the size of a batch if that is larger.
         *
         * @throws IllegalArgumentException if it is less than 2
         */
        public Builder maxInFlight(int messages) {
            if (messages < 2) {
                throw new IllegalArgumentException("at least 2 messages must be in flight: " + messages);
            }
            maxInFlight = messages;
            return this;
        }

        /**
         * Starts a feed and returns immediately.
         *
         * @throws IllegalStateException if there is not exactly one handler
         */
        public NatsFeed start() {
            NatsFeed feed = new NatsFeed(settings());
            feed.start();
            return feed;
        }

        private FeedSettings settings() {
            if ((handler == null) == (batchHandler == null)) {
                throw new IllegalStateException("a feed needs either a handler or a batch handler");
            }
            int most = handler == null ? maxBatch : 1;
            return new FeedSettings(
                    streams,
                    positions,
                    handler == null ? Objects.requireNonNull(batchHandler) : oneByOne(handler),
                    most,
                    retryTimeout,
                    merged,
                    onEnd,
                    executor,
                    spool,
                    maxInFlight == 0 ? Math.max(USUAL_IN_FLIGHT, most) : maxInFlight);
        }

        private static FeedBatchHandler oneByOne(FeedHandler handler) {
            return messages -> handler.handle(messages.get(0));
        }
    }
}
