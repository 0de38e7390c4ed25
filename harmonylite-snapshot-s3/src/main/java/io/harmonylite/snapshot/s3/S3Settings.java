package io.harmonylite.snapshot.s3;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * What a store was built with. Immutable.
 *
 * @param bucket the bucket
 * @param root what every key starts with: empty, or a prefix and a slash
 * @param encryption how the service encrypts; absent: as the bucket says
 * @param kmsKey the key in KMS; absent: the account's default key
 * @param storageClass where the service keeps objects; absent: its default
 * @param answerTimeout how long a call may take, retries of the client included, beside the time its body needs
 * @param slowestBytesPerSecond the rate by which the time for a body is reckoned
 * @param pageSize how many objects to ask for in one list request
 * @param probing whether the service is tried before the first put
 * @param acceptsUnconditionalWrites whether the host takes a service that ignores {@code If-None-Match}
 * @param acceptsUncheckedWrites whether the host takes a service that ignores checksums
 */
record S3Settings(
        String bucket,
        String root,
        @Nullable ServerSideEncryption encryption,
        @Nullable String kmsKey,
        @Nullable StorageClass storageClass,
        Duration answerTimeout,
        long slowestBytesPerSecond,
        int pageSize,
        boolean probing,
        boolean acceptsUnconditionalWrites,
        boolean acceptsUncheckedWrites) {

    String key(String name) {
        return root + name;
    }

    /** How long a call that carries a body of so many bytes may take. */
    Duration timeoutFor(long bytes) {
        return answerTimeout.plusSeconds(bytes / slowestBytesPerSecond);
    }

    /** Where it is, for people: {@code s3://bucket/prefix}. */
    String place() {
        return "s3://" + bucket + (root.isEmpty() ? "" : "/" + root.substring(0, root.length() - 1));
    }
}
