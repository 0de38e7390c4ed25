package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.ChangeRefusedException;
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
 * One row change that a node of HarmonyLite has published: the row as it was after an insert or update, or before a delete.
 * Immutable, as far as nobody writes into the arrays it gives out.
 *
 * <p>Values are what HarmonyLite's nodes write: a boolean is 1 or 0, a date or time is text such as {@code 2009-01-01
 * 10:20:30+00:00}, or null where HarmonyLite found no time in what the application had written. Neither need be what the
 * application wrote (fault N4); {@link #rewritten} names the columns.
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
            throw new MalformedException("it is of type '" + decoded.type() + "', which is not known");
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
     * Reads a message, compressed or not as its stream's name says.
     *
     * @param stream the stream it is in
     * @param sequence its sequence there
     * @throws ChangeRefusedException where it is damaged
     */
    public static ChangeMessage decode(String stream, long sequence, byte[] payload) {
        return decode(stream, sequence, payload, PayloadEncoding.of(stream));
    }

    /** As {@link #decode(String, long, byte[])}, where the stream's name does not say how it is written. */
    public static ChangeMessage decode(String stream, long sequence, byte[] payload, PayloadEncoding encoding) {
        try {
            return new ChangeMessage(
                    switch (encoding) {
                        case PLAIN -> ChangeMessageCodec.decodePlain(payload);
                        case ZSTD -> ChangeMessageCodec.decodeCompressed(payload);
                    });
        } catch (MalformedException e) {
            throw new ChangeRefusedException(
                    stream,
                    sequence,
                    e.getMessage()
                            + ". HarmonyLite writes no such message, and its own nodes may stop at it too; find out who did",
                    e);
        }
    }

    /** The node that published it; 64 bits without sign. */
    public long node() {
        return decoded.node();
    }

    /** Its number in the log of its table, on the node that published it: unique for both together only. */
    public long id() {
        return decoded.id();
    }

    /** What was done. */
    public ChangeType type() {
        return type;
    }

    /** Name of the table. */
    public String table() {
        return decoded.table();
    }

    /**
     * The row: {@link Long}, {@link Double}, {@link String}, {@code byte[]} or null by column. A table without a primary key
     * has a {@code rowid} too. Not modifiable.
     */
    public SortedMap<String, @Nullable Object> row() {
        return Collections.unmodifiableSortedMap(row);
    }

    /** Columns whose value HarmonyLite wrote anew: dates, times and booleans. Not modifiable. */
    public Set<String> rewritten() {
        return Collections.unmodifiableSortedSet(rewritten);
    }

    /** Hash of the schema it was written under; empty where the row holds dates or times: HarmonyLite leaves it out then. */
    public Optional<String> schemaHash() {
        return Optional.ofNullable(decoded.schemaHash());
    }

    /** Names the change, without the values. */
    @Override
    public String toString() {
        return type + " in " + table() + ", number " + id() + " of node " + Long.toUnsignedString(node());
    }
}
