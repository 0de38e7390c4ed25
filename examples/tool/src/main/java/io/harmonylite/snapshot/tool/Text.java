package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Formats values as text. */
final class Text {

    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private Text() {}

    /** Returns the bytes that a restore fetched, and those that it took from the replaced database. */
    static String fetched(RestoreReport report) {
        String reused = report.bytesReused() == 0
                ? ""
                : "; " + bytes(report.bytesReused()) + " of the image taken from the replaced database";
        return bytes(report.bytesFetched()) + reused;
    }

    /** Returns a number of bytes in a suitable unit. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        double number = bytes / 1024.0;
        int unit = 0;
        for (; number >= 1023.95 && unit < UNITS.size() - 1; unit++) {
            number /= 1024;
        }
        return String.format(Locale.ROOT, "%.1f %s", number, UNITS.get(unit));
    }

    /** Returns a duration in seconds. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }

    /** Returns positions, or {@code none}. */
    static String positions(Positions positions) {
        String text = positions.toString();
        return positions.isEmpty() ? "none" : text.substring(1, text.length() - 1);
    }

    /** Returns the name of a constant in lower case, with hyphens. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns a number with its noun, in the plural if needed. */
    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
