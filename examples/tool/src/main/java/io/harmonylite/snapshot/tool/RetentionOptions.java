package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.RetentionPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The snapshots that a prune keeps: every snapshot that one of these options keeps. */
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class RetentionOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--keep-last", paramLabel = "N", description = "Keep the latest N snapshots.")
    private @Nullable Integer last;

    @Option(
            names = "--keep-hourly",
            paramLabel = "N",
            description = "Keep the latest snapshot of each of the last N hours that have one, in UTC.")
    private @Nullable Integer hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "The same for days.")
    private @Nullable Integer daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "The same for ISO weeks.")
    private @Nullable Integer weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "The same for months.")
    private @Nullable Integer monthly;

    @Option(
            names = "--keep-younger-than",
            paramLabel = "DURATION",
            description = "Keep the snapshots stored less than this long ago, such as 30d, 12h or PT90M.")
    private @Nullable Duration youngerThan;

    /** Returns the retention; empty if no option is given. */
    Optional<RetentionPolicy> policy() {
        try {
            return Stream.of(
                            Optional.ofNullable(last).map(RetentionPolicy::keepLast),
                            Optional.ofNullable(hourly).map(RetentionPolicy::keepHourly),
                            Optional.ofNullable(daily).map(RetentionPolicy::keepDaily),
                            Optional.ofNullable(weekly).map(RetentionPolicy::keepWeekly),
                            Optional.ofNullable(monthly).map(RetentionPolicy::keepMonthly),
                            Optional.ofNullable(youngerThan).map(RetentionPolicy::keepYoungerThan))
                    .flatMap(Optional::stream)
                    .reduce(RetentionPolicy::and);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
