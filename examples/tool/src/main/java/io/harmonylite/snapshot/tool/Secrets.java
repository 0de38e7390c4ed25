package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/**
 * Removes passwords in URLs from printed text. In doubt it removes more; the pattern with one slash is for a URL read
 * as a path.
 */
final class Secrets {

    private static final Pattern USER_INFO = Pattern.compile("://.*@|:/[^/\\s]*:.*@");

    private Secrets() {}

    /** Returns the text without the user and password of URLs. */
    static String hide(String text) {
        return USER_INFO.matcher(text).replaceAll("://***@");
    }
}
