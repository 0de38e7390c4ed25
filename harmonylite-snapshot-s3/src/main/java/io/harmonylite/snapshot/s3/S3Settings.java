package io.harmonylite.snapshot.s3;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * The settings of a store. Encryption and storage class are null for the defaults. Keys begin with {@code root}: empty,
 * or a prefix and a slash. The answer timeout includes retries, but not the body. Immutable.
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
