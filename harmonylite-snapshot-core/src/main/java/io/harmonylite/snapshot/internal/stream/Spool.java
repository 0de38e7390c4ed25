package io.harmonylite.snapshot.internal.stream;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.stream.MessageReader;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the messages of all streams from the first one on. Each stream is read by a daemon thread of its own, which
 * ends if messages were dropped or the spool is full: a feed then finds the gap. Thread-safe.
 */
public final class Spool implements MessageSpool {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final FileOperations files;
    private final Streams streams;
    private final ScratchDirectory scratch;
    private final long maxBytes;
    private final Map<String, Reading> readings = new TreeMap<>();

    private Spool(FileOperations files, Streams streams, ScratchDirectory scratch, long maxBytes) {
        this.files = files;
        this.streams = streams;
        this.scratch = scratch;
        this.maxBytes = maxBytes;
    }

    /** Starts to keep the messages, in a scratch directory that it owns. On return the first of each stream is kept. */
    public static Spool open(FileOperations files, Streams streams, ScratchDirectory scratch, long maxBytes)
            throws IOException {
        Spool spool = new Spool(files, streams, scratch, maxBytes);
        try {
            for (String stream : streams.names()) {
                spool.add(stream);
            }
            spool.readings.values().forEach(Reading::start);
            for (Reading reading : spool.readings.values()) {
                reading.awaitFirst();
            }
            return spool;
        } catch (IOException | RuntimeException | Error e) {
            spool.close();
            throw e;
        }
    }

    private void add(String stream) throws IOException {
        StreamState state = streams.state(stream)
                .orElseThrow(() -> new StreamAccessException("stream " + stream + " does not exist"));
        SpoolFile file = new SpoolFile(files, scratch.resolve("spool-" + readings.size()), stream, state.created());
        readings.put(stream, new Reading(stream, state, file));
    }

    /** Returns the position after which all messages of a stream are kept. */
    public StreamPosition before(String stream) {
        Reading reading = reading(stream);
        StreamPosition first = reading.file.first();
        long sequence = (first == null ? reading.begin : first.sequence()) - 1;
        return reading.state.at(sequence, null);
    }

    /** Returns the position of the first kept message of a stream; empty if it keeps none yet. */
    public Optional<StreamPosition> first(String stream) {
        return Optional.ofNullable(reading(stream).file.first());
    }

    /** Returns why a stream is no longer kept; empty if it is. */
    public Optional<String> failure(String stream) {
        return Optional.ofNullable(reading(stream).failure);
    }

    @Override
    public Optional<StreamMessage> message(String stream, long sequence) throws IOException {
        Reading reading = readings.get(stream);
        return reading == null || reading.isReleased() ? Optional.empty() : reading.file.read(sequence);
    }

    @Override
    public void release(String stream) {
        Reading reading = readings.get(stream);
        if (reading != null && reading.release()) {
            LOG.info("Stream {} is no longer spooled", stream);
            if (readings.values().stream().allMatch(Reading::isReleased)) {
                scratch.close();
            }
        }
    }

    @Override
    public void close() {
        readings.values().forEach(Reading::release);
        scratch.close();
    }

    private Reading reading(String stream) {
        Reading reading = readings.get(stream);
        if (reading == null) {
            throw new IllegalArgumentException(stream + " is not one of the spooled streams " + readings.keySet());
        }
        return reading;
    }

    /** The thread that reads one stream. */
    private final class Reading implements Runnable {

        private final String stream;
        private final StreamState state;
        private final SpoolFile file;
        private final CountDownLatch first = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile @Nullable String failure;
        private final long begin;
        private volatile boolean started;

        Reading(String stream, StreamState state, SpoolFile file) {
            this.stream = stream;
            this.state = state;
            this.file = file;
            this.begin = state.first();
        }

        void start() {
            Thread thread = new Thread(this, "snapshot-spool-" + stream);
            thread.setDaemon(true);
            started = true;
            thread.start();
        }

        /** Waits for the first message; returns at once for an empty stream. */
        void awaitFirst() throws IOException {
            try {
                while (state.messages() > 0 && !first.await(MOMENT.toMillis(), TimeUnit.MILLISECONDS)) {
                    requireRunning();
                }
                requireRunning();
            } catch (InterruptedException e) {
                throw Interruption.interrupted(e);
            }
        }

        private void requireRunning() throws IOException {
            String reason = failure;
            if (reason != null) {
                throw new IOException("stream " + stream + " cannot be spooled: " + reason);
            }
        }

        @Override
        public void run() {
            try {
                while (!isReleased() && failure == null) {
                    readUntilFailure();
                }
            } catch (RuntimeException e) {
                fail(e.toString());
            } finally {
                ended.countDown();
            }
        }

        private void readUntilFailure() {
            try (MessageReader reader = streams.read(stream, next())) {
                while (!isReleased() && failure == null) {
                    Optional<StreamMessage> message = reader.next(MOMENT);
                    if (message.isPresent()) {
                        keep(message.get());
                    }
                }
            } catch (StreamAccessException e) {
                fail(e.toString());
            } catch (IOException e) {
                LOG.info("Reading stream {} again after a failure: {}", stream, e.toString());
                pause();
            }
        }

        private long next() {
            return file.first() == null ? begin : file.last() + 1;
        }

        /** Keeps a message. The first one may have any sequence; each other one follows the last. */
        private void keep(StreamMessage message) {
            long sequence = message.at().sequence();
            boolean another = !state.created().equals(message.at().streamCreated());
            if (another || (file.first() != null && sequence > next())) {
                fail("messages after " + file.last() + " were dropped before they were read");
            } else if (sequence >= next()) {
                append(message);
            }
        }

        private void append(StreamMessage message) {
            if (total() + message.data().length > maxBytes) {
                fail("the spool is full at " + maxBytes + " bytes");
                return;
            }
            try {
                file.append(message);
                first.countDown();
            } catch (IOException e) {
                fail("the message could not be written: " + e);
            }
        }

        private long total() {
            return readings.values().stream()
                    .mapToLong(each -> each.file.bytes())
                    .sum();
        }

        private void fail(String reason) {
            if (!isReleased()) {
                LOG.warn("Stream {} is no longer spooled after message {}: {}", stream, file.last(), reason);
                failure = reason;
            }
        }

        private void pause() {
            try {
                if (released.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.trace("Stream {} was released", stream);
                }
            } catch (InterruptedException e) {
                fail("the thread was interrupted");
            }
        }

        boolean isReleased() {
            return released.getCount() == 0;
        }

        /** Ends the thread and removes the file. Returns false if that was done before. */
        synchronized boolean release() {
            if (isReleased()) {
                return false;
            }
            released.countDown();
            try {
                if (started) {
                    ended.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("A scratch file of stream {} could not be removed: {}", stream, e.toString());
            }
            return true;
        }
    }
}
