package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.internal.format.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats dates and times as HarmonyLite nodes write them: {@code 2009-01-01 10:20:30+00:00}. */
final class HarmonyLiteTime {

    private HarmonyLiteTime() {}

    /** Returns the text of a time; null for null. */
    static @Nullable String text(@Nullable Long epochSecond) throws MalformedException {
        return epochSecond == null ? null : text(utc(epochSecond));
    }

    private static LocalDateTime utc(long epochSecond) throws MalformedException {
        try {
            return LocalDateTime.ofInstant(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new MalformedException("it contains a time outside the supported range: " + epochSecond, e);
        }
    }

    private static String text(LocalDateTime time) {
        String sign = time.getYear() < 0 ? "-" : "";
        return String.format(
                Locale.ROOT,
                "%s%04d-%02d-%02d %02d:%02d:%02d+00:00",
                sign,
                Math.abs(time.getYear()),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute(),
                time.getSecond());
    }
}
