package io.harmonylite.snapshot.internal.base;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;

/** Formats and parses times in object names: {@code yyyyMMdd'T'HHmmssSSS'Z'}, which sorts by time. */
public final class NameTime {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .withResolverStyle(ResolverStyle.STRICT);

    private NameTime() {}

    /** Formats an instant, truncated to the millisecond. */
    public static String format(Instant instant) {
        return FORM.format(instant);
    }

    /** Parses a time; throws if there is no such time. */
    public static Instant parse(String text) {
        return FORM.parse(text, Instant::from);
    }
}
