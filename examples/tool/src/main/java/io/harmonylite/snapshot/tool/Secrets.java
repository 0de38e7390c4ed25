package io.harmonylite.snapshot.tool;

import java.util.regex.Pattern;

/** Keeps passwords in URLs out of everything that is printed. Rather hides too much than too little; a path made of a URL has one slash. */
final class Secrets {

    private static final Pattern USER_INFO = Pattern.compile("://.*@|:/[^/\\s]*:.*@");

    private Secrets() {}

    /** The text without what stands before the host of a URL in it. */
    static String hide(String text) {
        return USER_INFO.matcher(text).replaceAll("://***@");
    }
}
