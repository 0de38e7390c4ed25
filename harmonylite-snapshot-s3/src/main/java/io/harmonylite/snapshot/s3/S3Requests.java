package io.harmonylite.snapshot.s3;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Builds the requests of a store, each with its own timeout. Immutable and thread-safe. */
final class S3Requests {

    private final S3Settings settings;

    S3Requests(S3Settings settings) {
        this.settings = settings;
    }

    /** Returns a put that stores only if the key does not exist. */
    PutObjectRequest putIfAbsent(String name, long length) {
        return checked(put(name, length)).ifNoneMatch("*").build();
    }

    /** Returns a put that replaces an existing object; for services without conditional writes. */
    PutObjectRequest putAnyway(String name, long length) {
        return checked(put(name, length)).build();
    }

    /** Returns a put with the given checksum, right or wrong. */
    PutObjectRequest putClaiming(String name, long length, String crc32) {
        return put(name, length).ifNoneMatch("*").checksumCRC32(crc32).build();
    }

    private PutObjectRequest.Builder put(String name, long length) {
        return PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(settings.key(name))
                .serverSideEncryption(settings.encryption())
                .ssekmsKeyId(settings.kmsKey())
                .storageClass(settings.storageClass())
                .overrideConfiguration(limit(settings.timeoutFor(length)));
    }

    private PutObjectRequest.Builder checked(PutObjectRequest.Builder put) {
        return settings.acceptsUncheckedWrites() ? put : put.checksumAlgorithm(ChecksumAlgorithm.CRC32);
    }

    GetObjectRequest get(String name, @Nullable String range) {
        return GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(settings.key(name))
                .range(range)
                .checksumMode(ChecksumMode.ENABLED)
                .overrideConfiguration(limit())
                .build();
    }

    HeadObjectRequest head(String name) {
        return HeadObjectRequest.builder()
                .bucket(settings.bucket())
                .key(settings.key(name))
                .overrideConfiguration(limit())
                .build();
    }

    ListObjectsV2Request list(String prefix, @Nullable String continuation) {
        return ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(settings.key(prefix))
                .maxKeys(settings.pageSize())
                .continuationToken(continuation)
                .overrideConfiguration(limit())
                .build();
    }

    DeleteObjectRequest delete(String name) {
        return DeleteObjectRequest.builder()
                .bucket(settings.bucket())
                .key(settings.key(name))
                .overrideConfiguration(limit())
                .build();
    }

    DeleteObjectsRequest delete(Collection<String> names) {
        Delete keys = Delete.builder()
                .objects(names.stream().map(this::identifier).toList())
                .quiet(true)
                .build();
        return DeleteObjectsRequest.builder()
                .bucket(settings.bucket())
                .delete(keys)
                .overrideConfiguration(limit())
                .build();
    }

    private ObjectIdentifier identifier(String name) {
        return ObjectIdentifier.builder().key(settings.key(name)).build();
    }

    /** Returns the same request with an interceptor that watches its attempts. */
    static PutObjectRequest watched(PutObjectRequest request, ExecutionInterceptor watcher) {
        AwsRequestOverrideConfiguration config = request.overrideConfiguration().orElseThrow().toBuilder()
                .addPlugin(client -> client.overrideConfiguration(
                        client.overrideConfiguration().copy(copy -> copy.addExecutionInterceptor(watcher))))
                .build();
        return request.toBuilder().overrideConfiguration(config).build();
    }

    private AwsRequestOverrideConfiguration limit() {
        return limit(settings.answerTimeout());
    }

    private static AwsRequestOverrideConfiguration limit(Duration timeout) {
        return AwsRequestOverrideConfiguration.builder().apiCallTimeout(timeout).build();
    }
}
