package io.harmonylite.snapshot.internal.stream;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the streams hold; throws {@link SnapshotConfigurationException} if a permission is missing, and {@link
 * StreamUnavailableException} if they cannot be reached. Thread-safe.
 */
public final class StreamReader {

    private final @Nullable Streams streams;
    private final String failure;
    /** Last known range of deleted messages, by stream: the loop asks at every check, and a range rarely changes. */
    private final Map<String, Deleted> known = new ConcurrentHashMap<>();

    private StreamReader(@Nullable Streams streams, String failure) {
        this.streams = streams;
        this.failure = failure;
    }

    /** Creates a reader; null for a host that follows no streams. */
    public static StreamReader of(@Nullable Streams streams) {
        return new StreamReader(streams, "the state of stream %s cannot be read");
    }

    /** Creates a reader for a trim, whose errors say that a stream cannot be trimmed. */
    public static StreamReader forTrim(Streams streams) {
        return new StreamReader(streams, "stream %s cannot be trimmed");
    }

    /** Returns the names of the streams; empty if the host follows none. */
    public SortedSet<String> names() {
        return streams == null ? Collections.emptySortedSet() : streams.names();
    }

    /** Returns the facts about each stream, which must exist, without positions and timestamps. */
    public SortedMap<String, StreamFacts> existing() {
        SortedMap<String, StreamFacts> existing = new TreeMap<>();
        for (String stream : names()) {
            StreamFacts facts = facts(stream, null, List.of());
            if (facts.state() == null) {
                throw new SnapshotConfigurationException(
                        "stream " + stream + " does not exist; create it, or follow another stream");
            }
            existing.put(stream, facts);
        }
        return existing;
    }

    /** Returns the state of a stream; empty if it does not exist, or the host follows none. */
    public Optional<StreamState> state(String stream) {
        return streams == null ? Optional.empty() : read(stream, () -> streams.state(stream));
    }

    /** Returns the server timestamp of a message; empty if the stream does not hold it, or the host follows none. */
    public Optional<Instant> timestampAt(String stream, long sequence) {
        return streams == null ? Optional.empty() : read(stream, () -> streams.timestampAt(stream, sequence));
    }

    /** Returns the state of a stream, and the timestamps of those messages that it still holds. */
    public StreamFacts facts(String stream, @Nullable StreamPosition position, Collection<Long> sequences) {
        StreamState state = state(stream).orElse(null);
        Map<Long, Instant> timestamps = new TreeMap<>();
        if (state != null) {
            for (long sequence : sequences) {
                if (state.first() <= sequence && sequence <= state.last()) {
                    timestampAt(stream, sequence).ifPresent(time -> timestamps.put(sequence, time));
                }
            }
        }
        Optional<SequenceRange> deleted = streams == null || state == null
                ? Optional.empty()
                : read(stream, () -> deleted(streams, stream, state));
        return StreamFacts.of(stream, position, state, timestamps).withDeleted(deleted.orElse(null));
    }

    private Optional<SequenceRange> deleted(Streams asked, String stream, StreamState state) throws IOException {
        Deleted last = known.get(stream);
        if (last == null || !last.isUnchanged(state)) {
            last = new Deleted(state, neededDeleted(asked, stream, state));
            known.put(stream, last);
        }
        return last.range();
    }

    /** Returns the range of messages that were deleted inside a stream and that the host needs. */
    public static Optional<SequenceRange> neededDeleted(Streams streams, String stream, StreamState state)
            throws IOException {
        return state.deletedInside() == 0 || streams.areDeletedMessagesAllowed()
                ? Optional.empty()
                : streams.deletedInside(stream);
    }

    /** Returns the result of a call to a stream, and translates its failure. */
    public <T> T read(String stream, IOSupplier<T> call) {
        try {
            return call.get();
        } catch (IOException e) {
            throw translate(stream, e);
        }
    }

    private SnapshotException translate(String stream, IOException e) {
        String message = failure.replace("%s", stream) + ": " + e.getMessage();
        if (e instanceof StreamAccessException) {
            return new SnapshotConfigurationException(message + "; check its name and permissions", e);
        }
        if (e instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            return Interruption.interrupted(e);
        }
        return new StreamUnavailableException(message + "; try again", e);
    }

    /** The deleted messages of a stream, and its state read before them. */
    private record Deleted(StreamState state, Optional<SequenceRange> range) {

        /** Returns whether no message was deleted since: while the first message stays, their number only grows. */
        boolean isUnchanged(StreamState now) {
            return now.created().equals(state.created())
                    && now.first() == state.first()
                    && now.last() >= state.last()
                    && now.deletedInside() == state.deletedInside();
        }
    }
}
