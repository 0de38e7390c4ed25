package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.trim.StreamPurge;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;

/**
 * Removes the oldest messages of JetStream streams. Apart from {@link NatsStreams}, which only reads: what is not built cannot
 * remove anything.
 *
 * <p>A user needs permission to publish to {@code $JS.API.STREAM.PURGE.<stream>} beside what {@link NatsStreams} needs. A
 * stream whose configuration denies purging is refused. The stream is asked just before whether it is the one that is meant;
 * one that is made anew in the very moment between is not protected.
 *
 * <p>Immutable and thread-safe.
 */
public final class NatsStreamPurge implements StreamPurge {

    private final NatsStreams streams;

    private NatsStreamPurge(NatsStreams streams) {
        this.streams = streams;
    }

    /** Removes messages of some streams, over their connection; does no I/O. */
    public static NatsStreamPurge of(NatsStreams streams) {
        return new NatsStreamPurge(Objects.requireNonNull(streams, "streams"));
    }

    /**
     * Removes all messages before a sequence.
     *
     * @throws IllegalArgumentException where it is none of the streams, or no sequence
     */
    @Override
    public long purgeBefore(String stream, Instant created, long sequence) throws IOException {
        if (sequence < 1) {
            throw new IllegalArgumentException("a sequence is at least 1, not " + sequence);
        }
        StreamState state = streams.state(stream)
                .orElseThrow(() -> new StreamAccessException("stream " + stream + " does not exist any more"));
        checkIsMeant(stream, state, created);
        checkHas(stream, state, sequence);
        return sequence <= state.first() ? 0 : purge(stream, sequence);
    }

    private static void checkIsMeant(String stream, StreamState state, Instant created) throws StreamAccessException {
        if (!state.created().equals(created)) {
            throw new StreamAccessException("stream " + stream + " was created at " + state.created()
                    + " and is not the one created at " + created + "; nothing was removed");
        }
    }

    /** The server would take every number, remove all, and begin to count there. */
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
        } catch (JetStreamApiException e) {
            throw NatsFailures.purge(stream, e);
        } catch (IOException e) {
            throw NatsFailures.stream(stream, e);
        }
    }

    @Override
    public String toString() {
        return "purge of " + streams;
    }
}
