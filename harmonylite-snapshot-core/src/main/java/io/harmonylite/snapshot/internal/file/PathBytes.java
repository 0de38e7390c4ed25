package io.harmonylite.snapshot.internal.file;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths as the operating system stores them, as bytes, which Java would convert by the locale. */
public final class PathBytes {

    private static final Pattern ENCODED = Pattern.compile("%(\\p{XDigit}{2})");
    private static final int HEX = 16;

    private PathBytes() {}

    /** Returns the bytes of an absolute path, one character for each. */
    public static String of(Path file) {
        String encoded = file.toUri().getRawPath();
        return ENCODED.matcher(encoded).replaceAll(match -> quoted(Integer.parseInt(match.group(1), HEX)));
    }

    /** Returns the path with these bytes, one character for each. */
    static Path path(String bytes) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte one : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
            uri.append(one == '/' ? "/" : String.format(Locale.ROOT, "%%%02X", one));
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** Returns a byte as the replacement of a match. */
    static String quoted(int one) {
        return Matcher.quoteReplacement(String.valueOf((char) one));
    }

    /** Returns whether the locale of this process can express a path, and the current directory if it is relative. */
    public static boolean isExpressible(Path file) {
        boolean lost = !file.isAbsolute() && System.getProperty("user.dir").indexOf('\ufffd') >= 0;
        try {
            return !lost && Path.of(file.toString()).equals(file);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
