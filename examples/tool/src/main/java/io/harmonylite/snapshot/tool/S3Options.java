package io.harmonylite.snapshot.tool;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of S3. */
final class S3Options {

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "Service other than AWS, such as https://minio.example:9000.")
    private @Nullable S3Endpoint endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "Region of the bucket; default: as the AWS SDK finds it, or us-east-1 with --s3-endpoint.")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = "Name the bucket in the path instead of the host. Many services other than AWS need this.")
    private boolean pathStyle;

    @Option(
            names = "--s3-profile",
            paramLabel = "PROFILE",
            description = "Profile of the AWS configuration with the credentials; default: as the AWS SDK finds them.")
    private @Nullable String profile;

    @Nullable
    URI endpoint() {
        return endpoint == null ? null : endpoint.uri();
    }

    @Nullable
    String region() {
        return region;
    }

    @Nullable
    String profile() {
        return profile;
    }

    boolean isPathStyle() {
        return pathStyle;
    }
}
