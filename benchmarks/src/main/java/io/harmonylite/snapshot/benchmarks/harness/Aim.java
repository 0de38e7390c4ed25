package io.harmonylite.snapshot.benchmarks.harness;

import java.util.List;
import java.util.Locale;

/**
 * A ratio that the library aims at, and what was measured. Immutable.
 *
 * @param what what is compared
 * @param measured the ratio of medians in this run
 * @param limit what it is to be
 * @param atMost whether the limit is the largest allowed, or the smallest
 */
record Aim(String what, double measured, double limit, boolean atMost) {

    private static final double MEBIBYTE = 1 << 20;

    static List<Aim> of(Results results) {
        boolean four = Runtime.getRuntime().availableProcessors() >= 4;
        double take = results.seconds(Limits.BACKUP) + results.seconds(Limits.QUICK_CHECK);
        double restore = results.seconds(Limits.COPY) + results.seconds(Limits.QUICK_CHECK);
        double peak = results.series().stream()
                .filter(series -> series.operation().group() == Operation.Group.OURS)
                .mapToDouble(series -> series.max("peakRssBytes"))
                .max()
                .orElse(0);
        return List.of(
                atMost(
                        "take NEVER ÷ (one-step backup + quick_check)",
                        results.seconds(OwnPipeline.TAKE_NEVER) / take,
                        four ? 1.5 : 2),
                atLeast(
                        "original take ÷ take ALWAYS",
                        results.seconds(OriginalPipeline.TAKE) / results.seconds(OwnPipeline.TAKE_ALWAYS),
                        four ? 2 : 1.5),
                atMost(
                        "restore by swap ÷ (Files.copy + fsync + quick_check)",
                        results.seconds(OwnPipeline.RESTORE_SWAP) / restore,
                        2),
                atMost("peak RSS of ours, MiB", peak / MEBIBYTE, 300),
                atMost(
                        "WAL writer's p99 beside a take ÷ alone",
                        results.of(Writers.WAL_BESIDE_TAKE).median("p99Millis")
                                / results.of(Writers.WAL_ALONE).median("p99Millis"),
                        2));
    }

    /** Seconds for each mebibyte of the larger database against those of the smaller. */
    static List<Aim> growth(Results smaller, Results larger) {
        return List.of(OwnPipeline.TAKE_NEVER, OwnPipeline.TAKE_ALWAYS, OwnPipeline.RESTORE_SWAP).stream()
                .map(operation -> atMost(
                        String.format(
                                Locale.ROOT,
                                "seconds per MiB at %d MiB ÷ at %d MiB: %s",
                                larger.mebibytes(),
                                smaller.mebibytes(),
                                operation),
                        perByte(larger, operation) / perByte(smaller, operation),
                        1.25))
                .toList();
    }

    private static double perByte(Results results, String operation) {
        return results.seconds(operation) / results.databaseBytes();
    }

    private static Aim atMost(String what, double measured, double limit) {
        return new Aim(what, measured, limit, true);
    }

    private static Aim atLeast(String what, double measured, double limit) {
        return new Aim(what, measured, limit, false);
    }

    boolean isMet() {
        return atMost ? measured <= limit : measured >= limit;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "| %s | %s %.2f | %.2f | %s |",
                what,
                atMost ? "≤" : "≥",
                limit,
                measured,
                isMet() ? "met" : "missed");
    }
}
