package io.harmonylite.snapshot;

import com.fasterxml.jackson.annotation.JsonValue;
import io.harmonylite.snapshot.internal.base.NameTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one snapshot: {@code yyyyMMdd'T'HHmmssSSS'Z'-<node>-<16 hex>}. Ids sort by time as text. The random suffix
 * makes them unique across nodes. The time comes from the clock of the node that took the snapshot. It decides
 * which snapshot is the latest only if neither the positions nor the store's times do.
 *
 * <p>Immutable and thread-safe. Ordered as text.
 */
public final class SnapshotId implements Comparable<SnapshotId> {

    private static final Pattern FORM = Pattern.compile("(\\d{8}T\\d{9}Z)-([A-Za-z0-9_]{1,32})-([0-9a-f]{16})");

    private final String text;
    private final String node;

    private SnapshotId(String text, String node) {
        this.text = text;
        this.node = node;
    }

    /**
     * Composes an id.
     *
     * @param created time of the take
     * @param node name of the node that takes the snapshot: {@code [A-Za-z0-9_]{1,32}}
     * @param random random number that makes the id unique
     * @throws IllegalArgumentException if the node's name has another form, or the year does not have four digits
     */
    public static SnapshotId of(Instant created, String node, long random) {
        return parse(NameTime.format(created) + "-" + node + "-" + String.format(Locale.ROOT, "%016x", random));
    }

    /**
     * Parses an id.
     *
     * @throws IllegalArgumentException if the text does not have the form described above
     */
    public static SnapshotId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not a snapshot id: '" + text + "'; use the form 20261124T093000123Z-node_1-0123456789abcdef");
        }
        try {
            NameTime.parse(matcher.group(1));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a snapshot id: '" + text + "'; its time does not exist", e);
        }
        return new SnapshotId(text, matcher.group(2));
    }

    /** Returns the name of the node that took the snapshot. */
    public String node() {
        return node;
    }

    /** Returns the time in the id: the clock of the node that took the snapshot, to the millisecond. */
    public Instant time() {
        return NameTime.parse(text.substring(0, text.indexOf('-')));
    }

    @Override
    public int compareTo(SnapshotId other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SnapshotId that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    /** Returns the id as text, as {@link #parse} reads it. */
    @Override
    @JsonValue
    public String toString() {
        return text;
    }
}
