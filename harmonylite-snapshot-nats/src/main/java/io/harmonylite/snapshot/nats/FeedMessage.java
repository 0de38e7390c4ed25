package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One message of a stream, to be applied. Immutable, as long as nobody changes its data. */
public final class FeedMessage {

    private final String stream;
    private final StreamPosition at;
    private final String subject;
    private final Map<String, List<String>> headers;
    private final byte[] data;
    private final Optional<SequenceRange> skipped;

    FeedMessage(
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

    /** Name of the stream. */
    public String stream() {
        return stream;
    }

    /** Its sequence, its timestamp, and the creation time of its stream. */
    public StreamPosition at() {
        return at;
    }

    /** What it was published to. */
    public String subject() {
        return subject;
    }

    /** Its headers; empty where it has none. Not modifiable. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** Its payload, not copied. */
    public byte[] data() {
        return data;
    }

    /** Messages before it that were deleted inside the stream, where the host has declared that as normal. */
    public Optional<SequenceRange> skipped() {
        return skipped;
    }

    /**
     * Counts it, and what was skipped before it, in a transaction of the host's. Call it first: where the answer is false
     * the message was applied before and must not be applied again.
     *
     * @throws SQLException what SQLite says; roll back
     */
    public boolean countIn(TableSequenceMap.InTransaction transaction) throws SQLException {
        if (skipped.isPresent()) {
            transaction.skipped(stream, skipped.get().first(), skipped.get().last());
        }
        return transaction.applied(stream, at);
    }

    /** Stream and sequence, never the payload. */
    @Override
    public String toString() {
        return stream + " message " + at.sequence() + " of " + data.length + " bytes";
    }
}
