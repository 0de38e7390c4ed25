package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/**
 * Who takes a snapshot. The library would refuse a wrong name as well, but only once the store is there.
 *
 * @param text the name
 */
record NodeName(String text) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_]{1,32}");

    /**
     * Reads a name.
     *
     * @throws IllegalArgumentException where it is not of the form the library asks for
     */
    static NodeName parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a node: '" + text + "'; it has 1 to 32 characters of [A-Za-z0-9_]");
        }
        return new NodeName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
