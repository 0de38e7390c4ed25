package io.harmonylite.snapshot.examples.counter;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An in-process stream that replaces a server: message n adds n to the counter. It retains a window of messages, and is
 * the same in every process with the same window.
 */
record LocalStream(long first, long last) implements Streams {

    static final String NAME = "counter";

    private static final Instant CREATED = Instant.parse("2026-11-02T08:00:00Z");

    /** A message that adds an amount. */
    record Message(long sequence, long amount, StreamPosition position) {}

    /** Returns the first retained message after a sequence. */
    Optional<Message> after(long sequence) {
        long next = Math.max(sequence + 1, first);
        return next > last ? Optional.empty() : Optional.of(message(next));
    }

    private static Message message(long sequence) {
        return new Message(sequence, sequence, new StreamPosition(sequence, timestamp(sequence), CREATED));
    }

    private static Instant timestamp(long sequence) {
        return CREATED.plusSeconds(sequence);
    }

    @Override
    public SortedSet<String> names() {
        return new TreeSet<>(Set.of(NAME));
    }

    @Override
    public Optional<StreamState> state(String stream) {
        long messages = last - first + 1;
        return Optional.of(new StreamState(first, last, messages, messages * 8, CREATED, StreamRetention.unlimited()));
    }

    @Override
    public Optional<Instant> timestampAt(String stream, long sequence) {
        return first <= sequence && sequence <= last ? Optional.of(timestamp(sequence)) : Optional.empty();
    }
}
