package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.recovery.ResetDecision;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the text of options to values. An error message names the wrong value and shows a correct one. */
final class Converters {

    private Converters() {}

    /** Registers the converters for a command line and its commands. */
    static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(StorageUri.class, rejecting(StorageUri::parse))
                .registerConverter(S3Endpoint.class, rejecting(S3Endpoint::parse))
                .registerConverter(NatsServers.class, rejecting(NatsServers::parse))
                .registerConverter(ResetDecision.class, rejecting(Converters::resetDecision))
                .registerConverter(SnapshotName.class, rejecting(SnapshotName::parse))
                .registerConverter(ByteCount.class, rejecting(ByteCount::parse))
                .registerConverter(NodeName.class, rejecting(NodeName::parse))
                .registerConverter(String.class, rejecting(text -> text))
                .registerConverter(Path.class, rejecting(Converters::path))
                .registerConverter(SnapshotId.class, rejecting(SnapshotId::parse))
                .registerConverter(StreamSequence.class, rejecting(StreamSequence::parse))
                .registerConverter(Compaction.class, rejecting(Converters::compaction))
                .registerConverter(Instant.class, rejecting(Converters::instant))
                .registerConverter(Duration.class, rejecting(Converters::duration));
    }

    private static <T> ITypeConverter<T> rejecting(ITypeConverter<T> converter) {
        return text -> {
            try {
                requireExpressible(text);
                return converter.convert(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the path is empty; check for an unset variable");
        }
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            requireExpressible(System.getProperty("user.dir"));
        }
        return path;
    }

    /** Rejects text in which Java has replaced bytes that the locale cannot express. */
    private static void requireExpressible(String text) {
        if (text.indexOf('\ufffd') >= 0) {
            throw new IllegalArgumentException("'" + text + "' has characters that the locale of this process cannot"
                    + " express; set LC_ALL=C.UTF-8");
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "not an instant: '" + text + "'; write it in UTC, as in 2026-11-24T09:30:00Z", e);
        }
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(isShort(text) ? iso(text.toUpperCase(Locale.ROOT)) : text);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "not a duration: '" + text + "'; write a number of days, hours, minutes or seconds, as in 30d, 12h,"
                            + " 90m or 45s, or ISO 8601, as in PT1H30M",
                    e);
        }
    }

    private static boolean isShort(String text) {
        return text.matches("\\d+[dhmsDHMS]");
    }

    private static String iso(String text) {
        return (text.endsWith("D") ? "P" : "PT") + text;
    }

    private static ResetDecision resetDecision(String text) {
        if (text.equals("replay")) {
            return ResetDecision.replayFromFirst();
        }
        if (text.equals("restore")) {
            return ResetDecision.restore();
        }
        try {
            return ResetDecision.acceptAt(Long.parseLong(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not a decision: '" + text + "'; write replay, restore, or a sequence that is not negative", e);
        }
    }

    private static Compaction compaction(String text) {
        return Arrays.stream(Compaction.values())
                .filter(value -> word(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a compaction: '" + text + "'; write one of "
                        + Arrays.stream(Compaction.values())
                                .map(Converters::word)
                                .collect(Collectors.joining(", "))));
    }

    private static String word(Compaction value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
