package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads the states of JetStream streams over the host's connection, which is not closed.
 *
 * <p>Every call asks the stream's leader. Requests are repeated for at most 15 seconds if the server does not reply in
 * time, and for 4 seconds if JetStream does not respond. Permissions: to publish to {@code
 * $JS.API.STREAM.INFO.<stream>} and {@code $JS.API.STREAM.MSG.GET.<stream>}, and to receive replies.
 *
 * <p>Immutable and thread-safe.
 */
public final class NatsStreams implements Streams {

    private final JetStreamApi api;
    private final SortedSet<String> names;

    NatsStreams(JetStreamApi api, Collection<String> names) {
        this.api = api;
        this.names = checked(names);
    }

    /**
     * Returns the streams with these names. Does no I/O.
     *
     * @throws IllegalArgumentException if there is no name, or a stream cannot have one of them
     */
    public static NatsStreams of(Connection connection, String... names) {
        return of(connection, Arrays.asList(names));
    }

    /**
     * Returns the streams with these names, such as {@link HarmonyLiteShards#streams}. Does no I/O.
     *
     * @throws IllegalArgumentException if there is no name, or a stream cannot have one of them
     */
    public static NatsStreams of(Connection connection, Collection<String> names) {
        return of(connection, names, JetStreamOptions.defaultOptions());
    }

    /**
     * Returns the streams with these names under the prefix or domain of the options. Does no I/O.
     *
     * @throws IllegalArgumentException if there is no name, or a stream cannot have one of them
     */
    public static NatsStreams of(Connection connection, Collection<String> names, JetStreamOptions options) {
        return new NatsStreams(new JetStreamApi(Objects.requireNonNull(connection, "connection"), options), names);
    }

    JetStreamApi api() {
        return api;
    }

    @Override
    public SortedSet<String> names() {
        return names;
    }

    @Override
    public Optional<StreamState> state(String stream) throws IOException {
        checkFollowed(stream);
        return asking(stream, () -> stateOf(api.streamInfo(stream)));
    }

    @Override
    public Optional<Instant> timestampAt(String stream, long sequence) throws IOException {
        checkFollowed(stream);
        if (sequence < 1) {
            return Optional.empty();
        }
        return asking(stream, () -> api.message(stream, sequence).getTime().toInstant());
    }

    @Override
    public String toString() {
        return "NATS streams " + names;
    }

    private static SortedSet<String> checked(Collection<String> names) {
        SortedSet<String> sorted = new TreeSet<>();
        names.forEach(name -> sorted.add(NatsNames.checkStream(name)));
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("there is no stream name");
        }
        return Collections.unmodifiableSortedSet(sorted);
    }

    private void checkFollowed(String stream) {
        if (!names.contains(stream)) {
            throw new IllegalArgumentException("not one of the streams " + names + ": '" + stream + "'");
        }
    }

    private <T> Optional<T> asking(String stream, NatsRetries.Request<T> request) throws IOException {
        try {
            return Optional.of(api.retrying(request));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamMissing(e) || NatsFailures.isMessageMissing(e)) {
                return Optional.empty();
            }
            throw NatsFailures.stream(stream, e);
        } catch (IOException e) {
            throw NatsFailures.stream(stream, e);
        }
    }

    /** Returns the state in a reply. */
    static StreamState stateOf(StreamInfo info) {
        io.nats.client.api.StreamState state = info.getStreamState();
        return new StreamState(
                state.getFirstSequence(),
                state.getLastSequence(),
                state.getMsgCount(),
                state.getByteCount(),
                info.getCreateTime().toInstant(),
                retentionOf(info.getConfiguration()));
    }

    private static StreamRetention retentionOf(StreamConfiguration configuration) {
        Duration age = configuration.getMaxAge();
        return new StreamRetention(
                limit(configuration.getMaxMsgs()),
                limit(configuration.getMaxBytes()),
                Optional.ofNullable(age).filter(limit -> !limit.isZero()));
    }

    private static OptionalLong limit(long value) {
        return value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
