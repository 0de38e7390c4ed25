package io.harmonylite.snapshot.s3;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * The settings of a store. Immutable.
 *
 * @param bucket name of the bucket
 * @param root beginning of every key: empty, or a prefix and a slash
 * @param encryption encryption at rest; null for the bucket's default
 * @param kmsKey id of the key in KMS; null for the account's default key
 * @param storageClass storage class of objects; null for the service's default
 * @param answerTimeout maximum time of a call, the client's retries included and the transfer of its body excluded
 * @param slowestBytesPerSecond minimum rate from which the time for a body is computed
 * @param pageSize maximum number of objects in one list response
 * @param probing whether the service is probed before the first put
 * @param acceptsUnconditionalWrites whether a service that ignores {@code If-None-Match} is accepted
 * @param acceptsUncheckedWrites whether a service that ignores checksums is accepted
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

    /** Returns the maximum time of a call with a body of the given size. */
    Duration timeoutFor(long bytes) {
        return answerTimeout.plusSeconds(bytes / slowestBytesPerSecond);
    }

    /** Returns the location for people, such as {@code s3://bucket/prefix}. */
    String place() {
        return "s3://" + bucket + (root.isEmpty() ? "" : "/" + root.substring(0, root.length() - 1));
    }
}
