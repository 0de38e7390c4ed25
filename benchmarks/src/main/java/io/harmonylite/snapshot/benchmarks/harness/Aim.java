package io.harmonylite.snapshot.benchmarks.harness;

import java.util.Arrays;
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
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    static List<Aim> of(Results results) {
        double take = Math.max(
                sum(results, Limits.COPY, Limits.COMPRESS, Limits.DIGEST, Limits.STORED_DIGEST, Limits.QUICK_CHECK)
                        / PROCESSORS,
                sum(results, Limits.COPY, Limits.QUICK_CHECK));
        double restore = Math.max(
                        sum(results, Limits.DECOMPRESS, Limits.DIGEST, Limits.STORED_DIGEST, Limits.WRITE) / PROCESSORS,
                        sum(results, Limits.WRITE))
                + sum(results, Limits.SYNC);
        double peak = results.series().stream()
                .filter(series -> series.operation().group() == Operation.Group.OURS)
                .mapToDouble(series -> series.max("peakRssBytes"))
                .max()
                .orElse(0);
        return List.of(
                atMost(
                        "take NEVER ÷ max((cp + zstd + SHA-256 of both + quick_check) ÷ processors, cp + quick_check)",
                        results.seconds(OwnPipeline.TAKE_NEVER) / take,
                        1.3),
                atLeast(
                        "original take ÷ take ALWAYS",
                        results.seconds(OriginalPipeline.TAKE) / results.seconds(OwnPipeline.TAKE_ALWAYS),
                        PROCESSORS >= 4 ? 2 : 1.5),
                atMost(
                        "restore by swap ÷ (max((unzstd + SHA-256 of both + write) ÷ processors, write) + fsync)",
                        results.seconds(OwnPipeline.RESTORE_SWAP) / restore,
                        1.3),
                atMost(
                        "online restore ÷ (restore by swap + all pages through SQLite, one checkpoint)",
                        results.seconds(OwnPipeline.RESTORE_ONLINE)
                                / sum(results, OwnPipeline.RESTORE_SWAP, Limits.ONLINE),
                        1.2),
                atMost("peak RSS of ours, MiB", peak / MEBIBYTE, 200),
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
                        1.15))
                .toList();
    }

    private static double sum(Results results, String... operations) {
        return Arrays.stream(operations).mapToDouble(results::seconds).sum();
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
