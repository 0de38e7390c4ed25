package io.harmonylite.snapshot.tool;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes, with an optional unit: {@code 500000}, {@code 20MiB}.
 *
 * @param bytes the number, at least 1
 */
record ByteCount(long bytes) {

    private static final List<String> UNITS = List.of("", "KIB", "MIB", "GIB");
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMG]IB)?");

    /**
     * Parses a number of bytes.
     *
     * @throws IllegalArgumentException if the text is not a positive number of bytes
     */
    static ByteCount parse(String text) {
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        try {
            if (matcher.matches()) {
                String unit = matcher.group(2);
                long factor = 1L << (10 * UNITS.indexOf(unit == null ? "" : unit));
                return new ByteCount(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw rejected(text, e);
        }
        throw rejected(text, null);
    }

    ByteCount {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least 1 byte, not " + bytes);
        }
    }

    private static IllegalArgumentException rejected(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "not a number of bytes: '" + text + "'; write at least 1, as in 500000, 512KiB, 20MiB or 1GiB", cause);
    }
}
