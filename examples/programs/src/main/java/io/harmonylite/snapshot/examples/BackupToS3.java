package io.harmonylite.snapshot.examples;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Backs up a database to an S3 bucket, loses the database, and restores it. */
public final class BackupToS3 {

    private static final String PREFIX = "harmonylite-example";

    private BackupToS3() {}

    /**
     * Runs against a bucket, with the region and credentials that the AWS SDK finds, or against an in-process S3
     * service.
     *
     * <p>{@code java -cp examples/programs/target/examples.jar io.harmonylite.snapshot.examples.BackupToS3 [BUCKET
     * [ENDPOINT]]}
     *
     * @param args a bucket, and optionally the URL of a service other than AWS; empty for an in-process service
     */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("harmonylite-s3-");
        try {
            run(directory, args);
        } finally {
            QuickStart.remove(directory);
        }
    }

    private static void run(Path directory, String... args) throws Exception {
        if (args.length == 0) {
            try (EmbeddedS3 service = EmbeddedS3.start();
                    S3Client client = service.client()) {
                run(client, EmbeddedS3.BUCKET, directory, System.out);
            }
        } else {
            try (S3Client client = client(args)) {
                run(client, args[0], directory, System.out);
            }
        }
    }

    private static S3Client client(String... args) {
        S3ClientBuilder builder = S3Client.builder();
        if (args.length > 1) {
            builder.endpointOverride(URI.create(args[1])).forcePathStyle(true);
        }
        return builder.build();
    }

    /**
     * Backs up, deletes, restores and compares the database.
     *
     * @throws IllegalStateException if the restored database differs
     */
    static void run(S3Client client, String bucket, Path directory, PrintStream out) throws Exception {
        Path database = directory.resolve("chinook.db");
        try (InputStream bundled =
                Objects.requireNonNull(BackupToS3.class.getResourceAsStream("chinook.db"), "bundled with the class")) {
            Files.copy(bundled, database, StandardCopyOption.REPLACE_EXISTING);
        }
        DatabaseContents before = DatabaseContents.read(database);
        try (SnapshotStore store =
                        S3SnapshotStore.builder(client, bucket).prefix(PREFIX).build();
                SnapshotManager snapshots =
                        SnapshotManager.builder("chinook", database, store).build()) {
            SnapshotInfo taken = snapshots.take();
            out.println("Took " + taken.id() + " into " + store);
            Files.delete(database);
            snapshots.restore(RestoreRequest.of(taken.id()));
        }
        if (!before.equals(DatabaseContents.read(database))) {
            throw new IllegalStateException("the restored database differs from the deleted one");
        }
        out.println("Restored all " + before.rowCount() + " rows");
    }
}
