package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Formats values as text. */
final class Text {

    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private static final Pattern DURATION = Pattern.compile("\\bPT[0-9.HMS]+\\b");

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

    /** Returns a duration in the two largest units that it has, such as {@code 3d 4h}. */
    static String age(Duration age) {
        long[] parts = {age.toDays(), age.toHoursPart(), age.toMinutesPart(), age.toSecondsPart(), age.toMillisPart()};
        List<String> units = List.of("d", "h", "m", "s", "ms");
        int first = 0;
        while (first < parts.length - 1 && parts[first] == 0) {
            first++;
        }
        boolean isRound = first == parts.length - 1 || parts[first + 1] == 0;
        return parts[first] + units.get(first) + (isRound ? "" : " " + parts[first + 1] + units.get(first + 1));
    }

    /** Returns a text with the ISO durations in it as {@link #age}. */
    static String ages(Object text) {
        return DURATION.matcher(text.toString()).replaceAll(iso -> age(Duration.parse(iso.group())));
    }

    /** Returns the time since an instant, in seconds or larger units; zero if it is in the future. */
    static String since(Instant instant, Instant now) {
        Duration age = Duration.between(instant, now);
        return age.toSeconds() < 1 ? "0s" : age(age.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Returns rows of text with columns of equal width; the last one has its own. */
    static List<String> table(List<List<String>> rows) {
        StringBuilder format = new StringBuilder();
        for (int i = 0; i < rows.get(0).size() - 1; i++) {
            int column = i;
            int width = rows.stream()
                    .mapToInt(row -> row.get(column).length())
                    .max()
                    .orElse(0);
            format.append("%-").append(width + 2).append('s');
        }
        return rows.stream()
                .map(row ->
                        String.format(Locale.ROOT, format + "%s", row.toArray()).stripTrailing())
                .toList();
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
