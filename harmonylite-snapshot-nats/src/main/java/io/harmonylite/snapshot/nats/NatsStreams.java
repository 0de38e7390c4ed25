package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.stream.MessageReader;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
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

    /** Largest number of deleted messages that a server is asked to list. */
    private static final long LISTED = 100_000;

    private final JetStreamApi api;
    private final SortedSet<String> names;
    private final boolean deletedAllowed;
    private final Map<String, Long> firstSequences;

    NatsStreams(JetStreamApi api, Collection<String> names) {
        this(api, checked(names), false, Map.of());
    }

    private NatsStreams(
            JetStreamApi api, SortedSet<String> names, boolean deletedAllowed, Map<String, Long> firstSequences) {
        this.api = api;
        this.names = names;
        this.deletedAllowed = deletedAllowed;
        this.firstSequences = firstSequences;
    }

    /** Returns the streams with these names, like {@link #of(Connection, Collection, JetStreamOptions)}. */
    public static NatsStreams of(Connection connection, String... names) {
        return of(connection, Arrays.asList(names));
    }

    /** Returns the streams with these names, such as {@link HarmonyLiteShards#streams}, under the default prefix. */
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

    /**
     * Returns these streams with the permission to delete messages inside them: nodes need no message that was deleted
     * before they applied it. Set it for streams with {@code MaxMsgsPerSubject}, roll-ups or a time to live for each
     * message, if a newer message replaces each one that is deleted. Recovery, takes, trims, health and feeds follow
     * it. Without it, a deleted message is missing on every node that has not applied it.
     */
    public NatsStreams allowDeletedMessages() {
        return new NatsStreams(api, names, true, firstSequences);
    }

    /**
     * Returns these streams with the sequence that a stream began with. Needed only if a stream began with a sequence
     * above 1 and its configuration does not say so: for a mirror of such a stream, or after a change of {@code
     * first_seq}. The host asserts that no message before it was ever published.
     *
     * @throws IllegalArgumentException if the stream is not one of these, or the sequence is less than 1
     */
    public NatsStreams firstSequence(String stream, long sequence) {
        checkFollowed(stream);
        if (sequence < 1) {
            throw new IllegalArgumentException(
                    "the first sequence of stream " + stream + " must be at least 1, not " + sequence);
        }
        Map<String, Long> more = new TreeMap<>(firstSequences);
        more.put(stream, sequence);
        return new NatsStreams(api, names, deletedAllowed, more);
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
        return asking(stream, () -> stateOf(stream, api.streamInfo(stream)));
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
    public OptionalLong keptFrom(String stream, long sequence) throws IOException {
        checkFollowed(stream);
        return asking(stream, () -> api.messageFrom(stream, Math.max(sequence, 1)))
                .map(message -> OptionalLong.of(message.getSeq()))
                .orElse(OptionalLong.empty());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Permissions: those of a {@link NatsFeed}.
     */
    @Override
    public MessageReader read(String stream, long sequence) throws IOException {
        checkFollowed(stream);
        Instant created = state(stream)
                .orElseThrow(() -> new IOException("stream " + stream + " does not exist"))
                .created();
        return asking(stream, () -> new NatsMessageReader(api, stream, created, Math.max(sequence, 1)))
                .orElseThrow(() -> new IOException("stream " + stream + " does not exist"));
    }

    @Override
    public boolean areDeletedMessagesAllowed() {
        return deletedAllowed;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks the server for the sequences if it has deleted at most 100,000.
     */
    @Override
    public Optional<SequenceRange> deletedInside(String stream) throws IOException {
        long count = state(stream).map(StreamState::deletedInside).orElse(0L);
        if (count == 0 || count > LISTED) {
            return Streams.super.deletedInside(stream);
        }
        return asking(
                        stream,
                        () -> api.streamInfoWithDeleted(stream).getStreamState().getDeleted())
                .filter(deleted -> !deleted.isEmpty())
                .map(deleted -> new SequenceRange(Collections.min(deleted), Collections.max(deleted)));
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
        } catch (IOException | JetStreamApiException e) {
            if (e instanceof JetStreamApiException reply
                    && (NatsFailures.isStreamMissing(reply) || NatsFailures.isMessageMissing(reply))) {
                return Optional.empty();
            }
            throw NatsFailures.stream(stream, e);
        }
    }

    /** Returns the state in a reply. */
    StreamState stateOf(String stream, StreamInfo info) {
        io.nats.client.api.StreamState state = info.getStreamState();
        return new StreamState(
                state.getFirstSequence(),
                state.getLastSequence(),
                state.getMsgCount(),
                state.getByteCount(),
                info.getCreateTime().toInstant(),
                retentionOf(info.getConfiguration()),
                startOf(stream, info.getConfiguration()));
    }

    /** Returns the sequence that a stream began with; empty for a mirror, whose sequences are those of its origin. */
    private OptionalLong startOf(String stream, StreamConfiguration configuration) {
        Long stated = firstSequences.get(stream);
        if (stated != null) {
            return OptionalLong.of(stated);
        }
        return configuration.getMirror() == null
                ? OptionalLong.of(configuration.getFirstSequence())
                : OptionalLong.empty();
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
