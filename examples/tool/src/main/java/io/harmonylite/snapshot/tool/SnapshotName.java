package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/**
 * What a database's snapshots are called. The library would refuse a wrong name as well, but only once the store is
 * there.
 *
 * @param text the name
 */
record SnapshotName(String text) {

    private static final Pattern FORM = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException where it is not of the form the library asks for
     */
    static SnapshotName parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a name for snapshots: '" + text
                    + "'; it has 1 to 64 characters of [A-Za-z0-9._-] and is not '.' or '..'");
        }
        return new SnapshotName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
