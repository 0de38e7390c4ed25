package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The results as tables a person reads. */
final class MarkdownReport {

    private static final double MEBIBYTE = 1 << 20;

    private final StringBuilder text = new StringBuilder();

    private MarkdownReport() {}

    static String of(String about, List<Results> all) {
        MarkdownReport report = new MarkdownReport();
        report.text.append(about).append('\n');
        all.forEach(report::tables);
        if (all.size() > 1) {
            report.aims("Growth", Aim.growth(all.get(all.size() - 2), all.get(all.size() - 1)));
        }
        return report.text.toString();
    }

    private void tables(Results results) {
        line("");
        line("### Database of %d MiB (%d bytes)", results.mebibytes(), results.databaseBytes());
        line("");
        line("| operation | seconds: median (min–max) | CPU s | peak RSS MiB | scratch MiB | stored MiB | objects |");
        line("|---|---|---|---|---|---|---|");
        results.series().stream()
                .filter(series -> series.operation().group() != Operation.Group.WRITER)
                .forEach(this::row);
        line("");
        line("| operation | where its seconds go |");
        line("|---|---|");
        results.series().stream()
                .filter(series -> series.operation().group() == Operation.Group.OURS)
                .forEach(this::stageRow);
        line("");
        line("| writer | writes | p50 ms | p99 ms | max ms (worst run) |");
        line("|---|---|---|---|---|");
        results.series().stream()
                .filter(series -> series.operation().group() == Operation.Group.WRITER)
                .forEach(this::writerRow);
        aims("Aims", Aim.of(results));
    }

    private void row(Series series) {
        line(
                "| %s | %.2f (%.2f–%.2f) | %.2f | %.0f | %.0f | %.0f | %.0f |",
                series.operation().name(),
                series.median("seconds"),
                series.min("seconds"),
                series.max("seconds"),
                series.median("cpuSeconds"),
                series.max("peakRssBytes") / MEBIBYTE,
                series.max("scratchBytes") / MEBIBYTE,
                series.median("storedBytes") / MEBIBYTE,
                series.median("objects"));
    }

    private void stageRow(Series series) {
        String stages = Arrays.stream(Stage.values())
                .filter(stage -> series.figures().contains(StageTimes.PREFIX + stage))
                .map(stage -> String.format(
                        Locale.ROOT,
                        "%s %.2f",
                        stage.name().toLowerCase(Locale.ROOT),
                        series.median(StageTimes.PREFIX + stage)))
                .collect(Collectors.joining(", "));
        line("| %s | %s |", series.operation().name(), stages);
    }

    private void writerRow(Series series) {
        line(
                "| %s | %.0f | %.3f | %.3f | %.1f |",
                series.operation().name(),
                series.median("writes"),
                series.median("p50Millis"),
                series.median("p99Millis"),
                series.max("maxMillis"));
    }

    private void aims(String title, List<Aim> aims) {
        line("");
        line("| %s | aim | measured | |", title.toLowerCase(Locale.ROOT));
        line("|---|---|---|---|");
        aims.forEach(aim -> text.append(aim).append('\n'));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
