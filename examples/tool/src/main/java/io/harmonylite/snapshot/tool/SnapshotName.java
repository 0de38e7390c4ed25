package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/**
 * The name of a database's snapshots. The library rejects a wrong name too, but only after the store was created.
 *
 * @param text the name
 */
record SnapshotName(String text) {

    private static final Pattern FORM = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    /**
     * Parses a name.
     *
     * @throws IllegalArgumentException if the library does not accept the name
     */
    static SnapshotName parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a snapshot name: '" + text
                    + "'; write 1 to 64 characters of [A-Za-z0-9._-], and not '.' or '..'");
        }
        return new SnapshotName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
