package io.harmonylite.snapshot.store;

import java.util.regex.Pattern;

/**
 * The grammar of object names. It excludes characters with a special meaning in a file system, in the key of an object
 * store or in a message subject, and parent directories. Stateless and thread-safe.
 */
public final class ObjectName {

    /** Maximum length of a name in characters. */
    public static final int MAX_LENGTH = 512;

    private static final String SEGMENT = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+";
    private static final Pattern NAME = Pattern.compile(SEGMENT + "(?:/" + SEGMENT + ")*");

    private ObjectName() {}

    /** Returns whether a text is a valid object name. */
    public static boolean isValid(String name) {
        return name.length() <= MAX_LENGTH && NAME.matcher(name).matches();
    }

    /**
     * Returns the name if it is valid.
     *
     * @throws IllegalArgumentException if the name is not valid; the message contains it
     */
    public static String check(String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException("not an object name: '" + name + "'; use segments of [A-Za-z0-9._-],"
                    + " not '.' or '..', joined by '/', at most " + MAX_LENGTH + " characters");
        }
        return name;
    }

    /**
     * Returns the prefix if it is empty or a valid name can start with it.
     *
     * @throws IllegalArgumentException if no valid name can start with it; the message contains it
     */
    public static String checkPrefix(String prefix) {
        if (!isValid(prefix + "x")) {
            throw new IllegalArgumentException("not a prefix: '" + prefix + "'; no object name starts with it");
        }
        return prefix;
    }
}
