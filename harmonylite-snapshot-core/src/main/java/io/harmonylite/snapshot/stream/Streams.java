package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;

/**
 * Reads the states of the streams that a host follows. Never creates or changes a stream.
 *
 * <p>Implementations are thread-safe, send a request to the server on every call, give up within 30 seconds, and keep
 * the thread's interrupt flag. Failures are checked: {@link StreamAccessException} if repeating does not help, and a
 * plain {@link IOException} if the server cannot be reached or does not answer in time.
 */
public interface Streams {

    /** Returns the names of the streams, sorted; the same on every call. */
    SortedSet<String> names();

    /**
     * Returns the present state of a stream; empty if the server reports that the stream does not exist.
     *
     * @throws StreamAccessException if the request is not allowed, or the server has no streams
     * @throws IOException if the server cannot be reached
     */
    Optional<StreamState> state(String stream) throws IOException;

    /**
     * Returns the server's timestamp of one message; empty if the stream does not keep the message or does not exist.
     *
     * @throws StreamAccessException if the request is not allowed
     * @throws IOException if the server cannot be reached
     */
    Optional<Instant> timestampAt(String stream, long sequence) throws IOException;

    /**
     * Returns the sequence of the first message, from a sequence on, that the stream keeps; empty if it keeps none or
     * does not exist. The default looks up one message after the other.
     *
     * @throws StreamAccessException if the request is not allowed
     * @throws IOException if the server cannot be reached
     */
    default OptionalLong keptFrom(String stream, long sequence) throws IOException {
        Optional<StreamState> state = state(stream);
        if (state.isPresent()) {
            for (long at = Math.max(sequence, state.get().first());
                    at <= state.get().last();
                    at++) {
                if (timestampAt(stream, at).isPresent()) {
                    return OptionalLong.of(at);
                }
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Returns whether the host needs no message that was deleted inside a stream, for example because a newer one of
     * the same subject replaces it. Recovery, takes, trims and feeds all follow this. The default is false: a message
     * that was deleted before it was applied is missing.
     */
    default boolean areDeletedMessagesAllowed() {
        return false;
    }

    /**
     * Returns the range from the first to the last message that was deleted inside a stream; empty if none was, or the
     * stream does not exist. The stream keeps all messages after the range.
     *
     * <p>If that cannot be determined with few requests, the range may be longer than necessary, but never too short.
     * The default examines the last 1,000 messages, and takes any older one for deleted.
     *
     * @throws StreamAccessException if the request is not allowed
     * @throws IOException if the server cannot be reached
     */
    default Optional<SequenceRange> deletedInside(String stream) throws IOException {
        Optional<StreamState> found = state(stream).filter(state -> state.deletedInside() > 0);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StreamState state = found.get();
        long examined = Math.max(state.first(), state.last() - 1000);
        long last = state.last();
        while (last > examined && timestampAt(stream, last).isPresent()) {
            last--;
        }
        return Optional.of(new SequenceRange(Math.min(state.first() + 1, last), last));
    }

    /**
     * Opens a reader of a stream's messages from a sequence on. If the stream does not keep that message, the first one
     * is a later one. The default throws a {@link StreamAccessException}.
     *
     * @throws StreamAccessException if the request is not allowed, or messages cannot be read
     * @throws IOException if the stream does not exist, or the server cannot be reached
     */
    default MessageReader read(String stream, long sequence) throws IOException {
        throw new StreamAccessException("messages of stream " + stream + " cannot be read by " + this);
    }
}
