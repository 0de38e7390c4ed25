package io.harmonylite.snapshot.store;

import java.util.regex.Pattern;

/**
 * The grammar of object names. It holds no character that a file system, an object store's key or a message subject
 * treats specially, and no way up a directory tree. Stateless and thread-safe.
 */
public final class ObjectName {

    /** Longest name, in characters. */
    public static final int MAX_LENGTH = 512;

    private static final String SEGMENT = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+";
    private static final Pattern NAME = Pattern.compile(SEGMENT + "(?:/" + SEGMENT + ")*");

    private ObjectName() {}

    /** Whether a text is a valid object name. */
    public static boolean isValid(String name) {
        return name.length() <= MAX_LENGTH && NAME.matcher(name).matches();
    }

    /**
     * Returns the name if it is valid.
     *
     * @throws IllegalArgumentException which names it, if it is not
     */
    public static String check(String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException(
                    "not an object name: '" + name + "'; names are segments of [A-Za-z0-9._-],"
                            + " not '.' or '..', joined by '/', at most " + MAX_LENGTH + " characters");
        }
        return name;
    }

    /**
     * Returns the prefix if it is the beginning of some valid name, or empty.
     *
     * @throws IllegalArgumentException which names it, if no valid name starts so
     */
    public static String checkPrefix(String prefix) {
        if (!isValid(prefix + "x")) {
            throw new IllegalArgumentException("no object name starts with '" + prefix + "'");
        }
        return prefix;
    }
}
