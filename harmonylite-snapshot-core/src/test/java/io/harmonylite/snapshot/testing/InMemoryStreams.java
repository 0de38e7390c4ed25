package io.harmonylite.snapshot.testing;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.MessageReader;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Streams of messages without content, in memory. They can be dropped from, deleted, purged, created again and rolled
 * back, as on a server. Time advances by one millisecond with each event. Thread-safe.
 */
public final class InMemoryStreams implements Streams {

    private static final int BYTES = 100;

    private final SortedSet<String> names;
    private final Map<String, Stream> streams = new TreeMap<>();
    private Instant now = Instant.parse("2026-11-02T08:00:00Z");
    private @Nullable IOException failure;
    private boolean deletedAllowed;

    /** Follows streams of these names, which do not exist yet. */
    public InMemoryStreams(String... names) {
        this.names = Collections.unmodifiableSortedSet(new TreeSet<>(List.of(names)));
    }

    /** Returns existing streams of these names that keep all messages. */
    public static InMemoryStreams unlimited(String... names) {
        InMemoryStreams streams = new InMemoryStreams(names);
        streams.names.forEach(name -> streams.create(name, StreamRetention.unlimited()));
        return streams;
    }

    /** Creates a stream; replaces an existing one of the same name. */
    public synchronized void create(String name, StreamRetention retention) {
        streams.put(name, new Stream(tick(), retention, 1, OptionalLong.of(1)));
    }

    /** Creates a stream that keeps everything and begins with a sequence; {@code start} is what it says of that. */
    public synchronized void createAt(String name, long first, OptionalLong start) {
        streams.put(name, new Stream(tick(), StreamRetention.unlimited(), first, start));
    }

    /** Needs no deleted messages from now on. */
    public synchronized void allowDeletedMessages() {
        deletedAllowed = true;
    }

    /** Deletes a stream. */
    public synchronized void delete(String name) {
        streams.remove(name);
    }

    /** Publishes messages; returns the sequence of the last one. */
    public synchronized long publish(String name, int count) {
        Stream stream = existing(name);
        for (int i = 0; i < count; i++) {
            stream.last++;
            stream.messages.put(stream.last, tick());
            stream.dropBeyondRetention();
        }
        notifyAll();
        return stream.last;
    }

    /** Deletes one message. */
    public synchronized void deleteMessage(String name, long sequence) {
        existing(name).messages.remove(sequence);
    }

    /** Drops all messages before a sequence. */
    public synchronized void dropBefore(String name, long sequence) {
        existing(name).messages.headMap(sequence).clear();
    }

    /** Removes all messages after a sequence, as a server does whose storage was rolled back. */
    public synchronized void setBack(String name, long sequence) {
        Stream stream = existing(name);
        stream.messages.tailMap(sequence, false).clear();
        stream.last = sequence;
    }

    /** Makes every call fail from now on; null ends that. */
    public synchronized void failWith(@Nullable IOException exception) {
        failure = exception;
    }

    @Override
    public SortedSet<String> names() {
        return names;
    }

    @Override
    public synchronized Optional<StreamState> state(String stream) throws IOException {
        check();
        return Optional.ofNullable(streams.get(stream)).map(Stream::state);
    }

    @Override
    public synchronized Optional<Instant> timestampAt(String stream, long sequence) throws IOException {
        check();
        return Optional.ofNullable(streams.get(stream)).map(of -> of.messages.get(sequence));
    }

    /** Returns the time of the latest event. */
    public synchronized Instant now() {
        return now;
    }

    /** Lets time pass. */
    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    /** Reads messages whose payload is their sequence. */
    @Override
    public MessageReader read(String stream, long sequence) throws IOException {
        check();
        Instant created = existing(stream).created;
        return new MessageReader() {

            private long next = sequence;

            @Override
            public Optional<StreamMessage> next(Duration timeout) throws IOException {
                synchronized (InMemoryStreams.this) {
                    check();
                    Map.Entry<Long, Instant> message = existing(stream).messages.ceilingEntry(next);
                    if (message == null) {
                        await(timeout);
                        message = existing(stream).messages.ceilingEntry(next);
                    }
                    if (message == null) {
                        return Optional.empty();
                    }
                    next = message.getKey() + 1;
                    StreamPosition at = new StreamPosition(message.getKey(), message.getValue(), created);
                    byte[] data = message.getKey().toString().getBytes(StandardCharsets.UTF_8);
                    return Optional.of(StreamMessage.of(stream, at, "subject", Map.of("k", List.of("a", "b")), data));
                }
            }

            @Override
            public void close() {
                next = Long.MAX_VALUE;
            }
        };
    }

    @Override
    public synchronized boolean areDeletedMessagesAllowed() {
        return deletedAllowed;
    }

    @SuppressWarnings("WaitNotInLoop") // The caller looks again, and returns nothing if it was woken for no reason.
    private synchronized void await(Duration timeout) throws InterruptedIOException {
        try {
            wait(timeout.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void check() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private Stream existing(String name) {
        Stream stream = streams.get(name);
        if (stream == null) {
            throw new IllegalArgumentException("there is no stream " + name);
        }
        return stream;
    }

    private Instant tick() {
        now = now.plusMillis(1);
        return now;
    }

    private static final class Stream {

        private final Instant created;
        private final StreamRetention retention;
        private final NavigableMap<Long, Instant> messages = new TreeMap<>();
        private final OptionalLong start;
        private long last;

        Stream(Instant created, StreamRetention retention, long first, OptionalLong start) {
            this.created = created;
            this.retention = retention;
            this.last = first - 1;
            this.start = start;
        }

        void dropBeyondRetention() {
            while (messages.size() > retention.messages().orElse(Long.MAX_VALUE)) {
                messages.pollFirstEntry();
            }
        }

        StreamState state() {
            long first = messages.isEmpty() ? last + 1 : messages.firstKey();
            int kept = messages.size();
            return new StreamState(first, last, kept, (long) kept * BYTES, created, retention, start);
        }
    }
}
