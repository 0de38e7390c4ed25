package io.harmonylite.snapshot.tool;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to reach a bucket. */
final class S3Options {

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "A service other than AWS, such as https://minio.example:9000.")
    private @Nullable S3Endpoint endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "The bucket's region; by default as the AWS SDK finds it, or us-east-1 beside --s3-endpoint.")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = "Name the bucket in the path and not in the host; many services other than AWS need it.")
    private boolean pathStyle;

    @Nullable
    URI endpoint() {
        return endpoint == null ? null : endpoint.uri();
    }

    @Nullable
    String region() {
        return region;
    }

    boolean isPathStyle() {
        return pathStyle;
    }

    /** Whether any of them is given. */
    boolean areGiven() {
        return endpoint != null || region != null || pathStyle;
    }
}
