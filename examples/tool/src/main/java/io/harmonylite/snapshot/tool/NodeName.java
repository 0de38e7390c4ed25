package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/**
 * The name of a node. The library rejects a wrong name too, but only after the store was created.
 *
 * @param text the name
 */
record NodeName(String text) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_]{1,32}");

    /**
     * Parses a name.
     *
     * @throws IllegalArgumentException if the library does not accept the name
     */
    static NodeName parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "not a node name: '" + text + "'; write 1 to 32 characters of [A-Za-z0-9_]");
        }
        return new NodeName(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
