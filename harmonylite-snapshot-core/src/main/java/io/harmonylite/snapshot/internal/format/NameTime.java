package io.harmonylite.snapshot.internal.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;

/** A time as it stands in names: {@code yyyyMMdd'T'HHmmssSSS'Z'}, which sorts as it passes. */
public final class NameTime {

    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .withResolverStyle(ResolverStyle.STRICT);

    private NameTime() {}

    /** The text of an instant, cut to the millisecond. */
    public static String format(Instant instant) {
        return FORM.format(instant);
    }

    /**
     * The instant of a text.
     *
     * @throws DateTimeException where it is not of that form, or there is no such time
     */
    public static Instant parse(String text) {
        return FORM.parse(text, Instant::from);
    }
}
