package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rate limits of a take. */
final class RateOptions {

    @Option(
            names = "--capture-rate",
            paramLabel = "BYTES",
            description = "Maximum bytes per second copied from the database in WAL mode, such as 20MiB.")
    private @Nullable ByteCount capture;

    @Option(
            names = "--wal-limit",
            paramLabel = "BYTES",
            description =
                    "Size of the -wal file above which a rate-limited copy continues at full speed; default: 1GiB.")
    private @Nullable ByteCount walLimit;

    @Option(names = "--upload-rate", paramLabel = "BYTES", description = "Maximum bytes per second stored.")
    private @Nullable ByteCount upload;

    void applyTo(SnapshotManager.Builder builder) {
        if (capture != null) {
            builder.captureBytesPerSecond(capture.bytes());
        }
        if (walLimit != null) {
            builder.walLimitBytes(walLimit.bytes());
        }
        if (upload != null) {
            builder.uploadBytesPerSecond(upload.bytes());
        }
    }
}
