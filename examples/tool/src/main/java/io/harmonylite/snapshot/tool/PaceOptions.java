package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast a take may be. */
final class PaceOptions {

    @Option(
            names = "--capture-rate",
            paramLabel = "BYTES",
            description =
                    "How many bytes a second are copied from the database at most, in WAL mode: 20MiB, for instance.")
    private @Nullable ByteCount capture;

    @Option(
            names = "--wal-limit",
            paramLabel = "BYTES",
            description =
                    "How large the -wal may become before a copy that is slowed down goes on at full speed; 1GiB if not "
                            + "given.")
    private @Nullable ByteCount walLimit;

    @Option(names = "--upload-rate", paramLabel = "BYTES", description = "How many bytes a second are stored at most.")
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
