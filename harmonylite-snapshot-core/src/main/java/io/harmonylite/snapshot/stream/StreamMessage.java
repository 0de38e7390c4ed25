package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.CountedMessage;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message of a stream, as a feed passes it to a handler, or as a host reads it itself. Immutable and thread-safe, as long as the array of {@link #data} is not
 * modified.
 */
public final class StreamMessage implements CountedMessage {

    private final String stream;
    private final StreamPosition at;
    private final String subject;
    private final Map<String, List<String>> headers;
    private final byte[] data;
    private final Optional<SequenceRange> skipped;

    private StreamMessage(
            String stream,
            StreamPosition at,
            String subject,
            Map<String, List<String>> headers,
            byte[] data,
            Optional<SequenceRange> skipped) {
        this.stream = stream;
        this.at = at;
        this.subject = subject;
        this.headers = headers;
        this.data = data;
        this.skipped = skipped;
    }

    /** Returns a message without subject and headers. The payload is not copied. */
    public static StreamMessage of(String stream, StreamPosition at, byte[] data) {
        return of(stream, at, "", Map.of(), data);
    }

    /**
     * Returns a message.
     *
     * @param stream name of the stream
     * @param at sequence and timestamp of the message, and creation time of its stream
     * @param subject subject that the message was published to
     * @param headers headers of the message, not copied
     * @param data the payload, not copied
     */
    public static StreamMessage of(
            String stream, StreamPosition at, String subject, Map<String, List<String>> headers, byte[] data) {
        return new StreamMessage(stream, at, subject, headers, data, Optional.empty());
    }

    /** Returns this message, preceded by a range of sequences whose messages the host does not need. */
    public StreamMessage skipping(SequenceRange range) {
        return new StreamMessage(stream, at, subject, headers, data, Optional.of(range));
    }

    @Override
    public String stream() {
        return stream;
    }

    /** Returns the message's sequence and timestamp, and the creation time of its stream. */
    @Override
    public StreamPosition at() {
        return at;
    }

    /** Returns the subject that the message was published to. */
    public String subject() {
        return subject;
    }

    /** Returns the headers, unmodifiable; empty if there are none. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** Returns the payload, not copied. */
    public byte[] data() {
        return data;
    }

    /**
     * Returns the range of sequences before this message that the stream does not have and the host does not need, as
     * {@link Arrival.Skip} says; empty if there is none.
     */
    @Override
    public Optional<SequenceRange> skipped() {
        return skipped;
    }

    /**
     * Counts this message, and the range skipped before it, in the host's transaction. Call it before applying the
     * message, and apply the message only if it returns true. The count is committed with that transaction.
     *
     * @param transaction the map in the host's transaction
     * @return whether the message is counted now; false if it was applied before
     * @throws SQLException if SQLite fails; roll back the transaction then
     */
    public boolean countIn(TableSequenceMap.InTransaction transaction) throws SQLException {
        if (skipped.isPresent()) {
            transaction.skipped(stream, skipped.get());
        }
        return transaction.applied(stream, at);
    }

    /** Returns stream, sequence and size, never the payload. */
    @Override
    public String toString() {
        return stream + " message " + at.sequence() + " of " + data.length + " bytes";
    }
}
