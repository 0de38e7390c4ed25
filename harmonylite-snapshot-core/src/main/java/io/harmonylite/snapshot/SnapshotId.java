package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.format.NameTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one snapshot: {@code yyyyMMdd'T'HHmmssSSS'Z'-<node>-<16 hex>}. Sorts by time as text, and is unique across nodes
 * by its random end. The time in it is the taker's clock and is there for people; nothing is decided by it.
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
     * @param node who takes it: {@code [A-Za-z0-9_]{1,32}}
     * @param random what makes it unique
     * @throws IllegalArgumentException where the node is not of that form, or the year has not four digits
     */
    public static SnapshotId of(Instant created, String node, long random) {
        return parse(NameTime.format(created) + "-" + node + "-" + String.format(Locale.ROOT, "%016x", random));
    }

    /**
     * Reads an id from its text.
     *
     * @throws IllegalArgumentException where the text is not of the form above
     */
    public static SnapshotId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not a snapshot id: '" + text + "'; the form is 20261124T093000123Z-node_1-0123456789abcdef");
        }
        try {
            NameTime.parse(matcher.group(1));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a snapshot id: '" + text + "'; there is no such time", e);
        }
        return new SnapshotId(text, matcher.group(2));
    }

    /** Who took the snapshot. */
    public String node() {
        return node;
    }

    /** The time in it, to the millisecond: the taker's clock. */
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

    /** The id as text; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return text;
    }
}
