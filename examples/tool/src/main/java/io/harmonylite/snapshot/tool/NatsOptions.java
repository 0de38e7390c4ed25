package io.harmonylite.snapshot.tool;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to reach NATS. */
final class NatsOptions {

    @Option(
            names = "--nats-creds",
            paramLabel = "FILE",
            description = "Credentials file; else user and password, or a token, in the URL, or none.")
    private @Nullable Path credentials;

    @Option(
            names = "--nats-replicas",
            paramLabel = "N",
            description =
                    "On how many servers a bucket is made: 1, 3 or 5; 1 by default. One that is there must have as many.")
    private @Nullable Integer replicas;

    @Nullable
    Path credentials() {
        return credentials;
    }

    @Nullable
    Integer replicas() {
        return replicas;
    }

    /** Whether any of them is given. */
    boolean areGiven() {
        return credentials != null || replicas != null;
    }
}
