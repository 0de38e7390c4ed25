package io.harmonylite.snapshot.tool;

import picocli.CommandLine.ArgGroup;

/** The options of S3 and NATS, in groups of their own. */
final class StorageOptions {

    @ArgGroup(exclusive = false, heading = "%nS3:%n")
    private S3Options s3 = new S3Options();

    @ArgGroup(exclusive = false, heading = "%nNATS:%n")
    private NatsOptions nats = new NatsOptions();

    S3Options s3() {
        return s3;
    }

    NatsOptions nats() {
        return nats;
    }
}
