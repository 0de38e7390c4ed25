package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectName;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * Stores objects in a bucket of Amazon S3, or of a service that implements its protocol, each under its own name below
 * a prefix.
 *
 * <p><b>Writing</b>: a put is one {@code PUT} with {@code If-None-Match: *} and a checksum. The service itself decides
 * which writer is first, and rejects a body that was damaged in transit. Before the first put the service is probed:
 * one that does not honour conditional writes, does not compare checksums, or does not show an object as soon as it is
 * stored is rejected with {@link io.harmonylite.snapshot.store.StoreAccessException}. An object is as durable on return
 * as the service makes it. Reading writes nothing and needs no permission to write.
 *
 * <p><b>Retries</b>: the client repeats requests by its own strategy, within the timeouts of {@link Builder}. If a put
 * that the client has repeated finds its name taken, the existing object is read; the put succeeds if that object holds
 * the source's bytes. All other retries are left to {@link io.harmonylite.snapshot.store.RetryingSnapshotStore}, which
 * the manager puts around every store: a stream that breaks while it is read, a conflict of two puts (409), a put whose
 * outcome is unknown.
 *
 * <p>Thread-safe if the client is. Any number of stores, also in several processes, may be open on one bucket and
 * prefix. {@link #close} leaves the client open.
 */
public final class S3SnapshotStore implements SnapshotStore {

    private final S3Settings settings;
    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;
    private final S3Reading reading;
    private final S3Deletion deletion;
    private final ProbedWriteMode writeMode;
    private volatile boolean closed;

    private S3SnapshotStore(S3Client client, S3Settings settings) {
        this.settings = settings;
        this.client = client;
        this.requests = new S3Requests(settings);
        this.failures = new S3Failures(settings.place());
        this.reading = new S3Reading(settings, client, requests, failures);
        this.deletion = new S3Deletion(client, requests, failures);
        this.writeMode =
                new ProbedWriteMode(new CapabilityProbe(settings, client, requests, failures), knownMode(settings));
    }

    /**
     * Returns a builder for a store on a bucket, which must exist.
     *
     * @param client the host's client, which must stay open as long as the store and is not closed by it; region,
     *     endpoint, credentials, connections and retries are configured there
     * @param bucket name of the bucket
     * @throws IllegalArgumentException if the name of the bucket is blank
     */
    public static Builder builder(S3Client client, String bucket) {
        return new Builder(Objects.requireNonNull(client, "client"), bucket);
    }

    private static @Nullable WriteMode knownMode(S3Settings settings) {
        if (settings.probing()) {
            return null;
        }
        return settings.acceptsUnconditionalWrites() ? WriteMode.UNCONDITIONAL : WriteMode.CONDITIONAL;
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        check(name);
        S3Put put = new S3Put(client, failures, name, source);
        put.send(request(name, source.length()), () -> open(name));
    }

    private PutObjectRequest request(String name, long length) throws IOException {
        if (writeMode.get() == WriteMode.CONDITIONAL) {
            return requests.putIfAbsent(name, length);
        }
        requireAbsent(name);
        return requests.putAnyway(name, length);
    }

    private void requireAbsent(String name) throws IOException {
        try {
            stat(name);
        } catch (NoSuchObjectException e) {
            return; // The name is free, as a put requires.
        }
        throw new ObjectExistsException(name + " exists already in " + this);
    }

    @Override
    public InputStream open(String name) throws IOException {
        check(name);
        return reading.open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        check(name);
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: " + length + " bytes from offset " + offset);
        }
        return reading.open(name, offset, length);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        check(name);
        return reading.stat(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        checkOpen();
        return reading.list(ObjectName.checkPrefix(prefix));
    }

    @Override
    public void delete(String name) throws IOException {
        check(name);
        deletion.delete(name);
    }

    /** Removes several objects, up to a thousand in one request. */
    @Override
    public void deleteAll(Collection<String> names) throws IOException {
        checkOpen();
        names.forEach(ObjectName::check);
        deletion.deleteAll(List.copyOf(names));
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return settings.place();
    }

    private void check(String name) {
        checkOpen();
        ObjectName.check(name);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the store at " + this + " is closed");
        }
    }

    /**
     * Builds a store. Defaults:
     *
     * <ul>
     *   <li>no prefix
     *   <li>encryption and storage class of the bucket
     *   <li>a timeout of 8 seconds for every call, the client's retries included, so that an unreachable service is
     *       given up within 30 seconds; a put has one more second for each 64 KiB of its body
     *   <li>the service is probed before the first put, and must have all capabilities
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        /** The maximum length of a prefix: S3 limits keys to 1,024 bytes. */
        private static final int LONGEST_PREFIX = 1024 - ObjectName.MAX_LENGTH - 1;

        private static final int DEFAULT_PAGE = 1000;

        private static final Set<StorageClass> ARCHIVES = Set.of(StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE);

        private final S3Client client;
        private final String bucket;
        private String prefix = "";
        private @Nullable ServerSideEncryption encryption;
        private @Nullable String kmsKey;
        private @Nullable StorageClass storageClass;
        private Duration answerTimeout = Duration.ofSeconds(8);
        private long slowestBytesPerSecond = 64 << 10;
        private int pageSize = DEFAULT_PAGE;
        private boolean probing = true;
        private boolean acceptsUnconditionalWrites;
        private boolean acceptsUncheckedWrites;

        private Builder(S3Client client, String bucket) {
            if (bucket.isBlank()) {
                throw new IllegalArgumentException("the bucket name is blank");
            }
            this.client = client;
            this.bucket = bucket;
        }

        /**
         * Sets the prefix of all keys of this store, such as {@code backups/eu}. A slash separates it from the object
         * names.
         *
         * @throws IllegalArgumentException if it is not a valid object name, or is longer than 511 characters
         */
        public Builder prefix(String value) {
            if (ObjectName.check(value).length() > LONGEST_PREFIX) {
                throw new IllegalArgumentException("a prefix has at most " + LONGEST_PREFIX + " characters");
            }
            prefix = value;
            return this;
        }

        /** Requests encryption at rest with keys of the service (SSE-S3). */
        public Builder encryptWithServiceKeys() {
            encryption = ServerSideEncryption.AES256;
            kmsKey = null;
            return this;
        }

        /** Requests encryption at rest with the account's default key in KMS (SSE-KMS). */
        public Builder encryptWithKms() {
            encryption = ServerSideEncryption.AWS_KMS;
            kmsKey = null;
            return this;
        }

        /** Requests encryption at rest with a key in KMS (SSE-KMS). Readers need permission to decrypt with it. */
        public Builder encryptWithKms(String keyId) {
            encryption = ServerSideEncryption.AWS_KMS;
            kmsKey = Objects.requireNonNull(keyId, "keyId");
            return this;
        }

        /**
         * Sets the storage class of objects.
         *
         * @throws IllegalArgumentException if objects of that class cannot be read immediately
         */
        public Builder storageClass(StorageClass value) {
            if (ARCHIVES.contains(value)) {
                throw new IllegalArgumentException("objects of storage class " + value + " cannot be read immediately");
            }
            storageClass = value;
            return this;
        }

        /**
         * Sets the timeout of a call, the client's retries included and the transfer of bodies excluded. 8 seconds by
         * default.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder answerTimeout(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("a timeout must be positive: " + value);
            }
            answerTimeout = value;
            return this;
        }

        /**
         * Sets the rate, in bytes per second, below which a put times out. 64 KiB per second by default.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder slowestUpload(long bytesPerSecond) {
            if (bytesPerSecond <= 0) {
                throw new IllegalArgumentException("a rate must be positive: " + bytesPerSecond);
            }
            slowestBytesPerSecond = bytesPerSecond;
            return this;
        }

        /**
         * Skips the probe before the first put. The host guarantees that the service honours conditional writes and
         * compares checksums.
         */
        public Builder skipProbe() {
            probing = false;
            return this;
        }

        /**
         * Accepts a service that does not honour {@code If-None-Match}. A put then looks up the name, and stores the
         * object with a second request. <b>What is lost</b> is obligation S2 if two writers put one name at the same
         * time: the later one replaces the earlier one. If the service does honour conditional writes they are used all
         * the same, unless the probe is skipped.
         */
        public Builder acceptUnconditionalWrites() {
            acceptsUnconditionalWrites = true;
            return this;
        }

        /**
         * Accepts a service that does not compare checksums. No checksum is sent then, unless the client adds one.
         * <b>What is lost</b>: an object that was damaged in transit is noticed only when it is verified or restored.
         */
        public Builder acceptUncheckedWrites() {
            acceptsUncheckedWrites = true;
            return this;
        }

        /** Sets the maximum number of objects in one list response; for tests. */
        Builder pageSize(int value) {
            pageSize = value;
            return this;
        }

        /** Builds the store. Does no I/O. */
        public S3SnapshotStore build() {
            return new S3SnapshotStore(
                    client,
                    new S3Settings(
                            bucket,
                            prefix.isEmpty() ? "" : prefix + "/",
                            encryption,
                            kmsKey,
                            storageClass,
                            answerTimeout,
                            slowestBytesPerSecond,
                            pageSize,
                            probing,
                            acceptsUnconditionalWrites,
                            acceptsUncheckedWrites));
        }
    }
}
