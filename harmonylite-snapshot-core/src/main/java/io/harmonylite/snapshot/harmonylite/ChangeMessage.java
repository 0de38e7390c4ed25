package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.internal.format.ChangeMessageCodec;
import io.harmonylite.snapshot.internal.format.DecodedChange;
import io.harmonylite.snapshot.internal.format.DecodedChange.Moment;
import io.harmonylite.snapshot.internal.format.MalformedException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One row change that a HarmonyLite node has published: the row as it was after an insert or update, or before a
 * delete. Immutable, unless the caller modifies an array that it returns.
 *
 * <p>Values are those that HarmonyLite nodes write. A boolean is 1 or 0. A date or time is text such as {@code
 * 2009-01-01 10:20:30+00:00}, or null if HarmonyLite found no time in the application's value. Both may differ from
 * what the application wrote (fault N4); {@link #rewritten} returns their columns.
 */
public final class ChangeMessage {

    private static final Map<String, ChangeType> TYPES =
            Map.of("insert", ChangeType.INSERT, "update", ChangeType.UPDATE, "delete", ChangeType.DELETE);

    private final DecodedChange decoded;
    private final ChangeType type;
    private final SortedMap<String, @Nullable Object> row = new TreeMap<>();
    private final SortedSet<String> rewritten = new TreeSet<>();

    private ChangeMessage(DecodedChange decoded) throws MalformedException {
        this.decoded = decoded;
        ChangeType known = TYPES.get(decoded.type());
        if (known == null) {
            throw new MalformedException("its type '" + decoded.type() + "' is unknown");
        }
        this.type = known;
        for (Map.Entry<String, @Nullable Object> entry : decoded.row().entrySet()) {
            add(entry.getKey(), entry.getValue());
        }
    }

    private void add(String column, @Nullable Object value) throws MalformedException {
        if (value instanceof Boolean bool) {
            rewritten.add(column);
            row.put(column, bool ? 1L : 0L);
        } else if (value instanceof Moment moment) {
            rewritten.add(column);
            row.put(column, HarmonyLiteTime.text(moment.epochSecond()));
        } else {
            row.put(column, value);
        }
    }

    /**
     * Decodes a message. The name of the stream says whether the payload is compressed.
     *
     * @param stream the stream that contains the message
     * @param sequence sequence of the message
     * @param payload the message
     * @throws ChangeRejectedException if the message is damaged
     */
    public static ChangeMessage decode(String stream, long sequence, byte[] payload) {
        return decode(stream, sequence, payload, PayloadEncoding.of(stream));
    }

    /**
     * Decodes a message from a stream whose name does not show the encoding; otherwise like {@link #decode(String,
     * long, byte[])}.
     *
     * @throws ChangeRejectedException if the message is damaged
     */
    public static ChangeMessage decode(String stream, long sequence, byte[] payload, PayloadEncoding encoding) {
        try {
            return new ChangeMessage(
                    switch (encoding) {
                        case PLAIN -> ChangeMessageCodec.decodePlain(payload);
                        case ZSTD -> ChangeMessageCodec.decodeCompressed(payload);
                    });
        } catch (MalformedException e) {
            throw new ChangeRejectedException(
                    stream,
                    sequence,
                    e.getMessage()
                            + ". HarmonyLite does not write such messages, and its own nodes may stop at it too; find"
                            + " the program that published it",
                    e);
        }
    }

    /** Returns the id of the node that published the change; 64 bits, unsigned. */
    public long node() {
        return decoded.node();
    }

    /**
     * Returns the number of the change in the log of its table, on the node that published it. Only both together are
     * unique.
     */
    public long id() {
        return decoded.id();
    }

    /** Returns the type of the change. */
    public ChangeType type() {
        return type;
    }

    /** Returns the name of the table. */
    public String table() {
        return decoded.table();
    }

    /**
     * Returns the row by column: {@link Long}, {@link Double}, {@link String}, {@code byte[]} or null. The row of a
     * table without a primary key also has a {@code rowid}. Not modifiable.
     */
    public SortedMap<String, @Nullable Object> row() {
        return Collections.unmodifiableSortedMap(row);
    }

    /** Returns the columns whose values HarmonyLite has rewritten: dates, times and booleans. Not modifiable. */
    public Set<String> rewritten() {
        return Collections.unmodifiableSortedSet(rewritten);
    }

    /**
     * Returns the hash of the schema that the writer had; empty if the row holds dates or times, because HarmonyLite
     * then sends none.
     */
    public Optional<String> schemaHash() {
        return Optional.ofNullable(decoded.schemaHash());
    }

    /** Describes the change, without its values. */
    @Override
    public String toString() {
        return type + " in " + table() + ", number " + id() + " of node " + Long.toUnsignedString(node());
    }
}
