package io.harmonylite.snapshot.tool;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of NATS. */
final class NatsOptions {

    @Option(
            names = "--nats-creds",
            paramLabel = "FILE",
            description = "Credentials file. Without it the URL may contain user and password, or a token.")
    private @Nullable Path credentials;

    @Option(
            names = "--nats-replicas",
            paramLabel = "N",
            description =
                    "Number of replicas of a new bucket: 1, 3 or 5; default: 1. An existing bucket must have as many.")
    private @Nullable Integer replicas;

    @Nullable
    Path credentials() {
        return credentials;
    }

    @Nullable
    Integer replicas() {
        return replicas;
    }

    /** Returns whether any option is given. */
    boolean areGiven() {
        return credentials != null || replicas != null;
    }
}
