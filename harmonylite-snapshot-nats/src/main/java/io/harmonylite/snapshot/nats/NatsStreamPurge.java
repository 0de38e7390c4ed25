package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.trim.StreamPurge;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;

/**
 * Removes the oldest messages of JetStream streams, for trimming. It is separate from {@link NatsStreams}, which only
 * reads: a host that does not create it cannot remove messages.
 *
 * <p>Permissions: those of {@link NatsStreams}, and to publish to {@code $JS.API.STREAM.PURGE.<stream>}. A stream whose
 * configuration denies purging is rejected. The identity of the stream is checked just before the purge; a stream that
 * is recreated between the check and the purge is not protected.
 *
 * <p>Immutable and thread-safe.
 */
public final class NatsStreamPurge implements StreamPurge {

    private final NatsStreams streams;

    private NatsStreamPurge(NatsStreams streams) {
        this.streams = streams;
    }

    /** Returns a purge of the given streams, over their connection. Does no I/O. */
    public static NatsStreamPurge of(NatsStreams streams) {
        return new NatsStreamPurge(Objects.requireNonNull(streams, "streams"));
    }

    /**
     * Removes all messages before a sequence.
     *
     * @throws IllegalArgumentException if the stream is not one of the given ones, or the sequence is less than 1
     */
    @Override
    public long purgeBefore(String stream, Instant created, long sequence) throws IOException {
        if (sequence < 1) {
            throw new IllegalArgumentException("a sequence must be at least 1: " + sequence);
        }
        StreamState state = streams.state(stream)
                .orElseThrow(() -> new StreamAccessException("stream " + stream + " no longer exists"));
        checkIdentity(stream, state, created);
        checkHas(stream, state, sequence);
        return sequence <= state.first() ? 0 : purge(stream, sequence);
    }

    private static void checkIdentity(String stream, StreamState state, Instant created) throws StreamAccessException {
        if (!state.created().equals(created)) {
            throw new StreamAccessException("stream " + stream + " was created at " + state.created()
                    + " and is not the one created at " + created + "; nothing was removed");
        }
    }

    /** Rejects a sequence after the last message, for which the server would remove all and count from there. */
    private static void checkHas(String stream, StreamState state, long sequence) throws StreamAccessException {
        if (sequence > state.last()) {
            throw new StreamAccessException(
                    "stream " + stream + " ends at " + state.last() + ", before " + sequence + "; nothing was removed");
        }
    }

    private long purge(String stream, long sequence) throws IOException {
        JetStreamApi api = streams.api();
        try {
            return api.retrying(() -> api.purgeBefore(stream, sequence));
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.stream(stream, e);
        }
    }

    @Override
    public String toString() {
        return "purge of " + streams;
    }
}
