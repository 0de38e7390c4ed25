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
 * Keeps objects in a bucket of S3, or of a service that speaks its protocol, each under its own name below a prefix.
 *
 * <p>A put is one {@code PUT} with {@code If-None-Match: *} and a checksum, so the service itself decides who is first,
 * and refuses what was damaged on its way. Before the first put the service is tried: one that does not honour
 * conditional writes, does not check, or does not show an object as soon as it is stored is refused with
 * {@link io.harmonylite.snapshot.store.StoreAccessException}. Reading writes nothing and needs no permission to.
 *
 * <p><b>Retries</b>: the client repeats requests by its own strategy, within the time limits of {@link Builder}. A put that
 * the client has repeated and that finds its name taken reads the object back, and counts as done where it holds the
 * source's bytes. Everything further, such as a stream that breaks while it is read, a conflict of two puts (409), or a
 * put whose outcome is unknown, is left to {@link io.harmonylite.snapshot.store.RetryingSnapshotStore}, which the manager
 * puts around every store.
 *
 * <p>Thread-safe, as the client is; any number of stores, in several processes, may be open on one place. {@link #close}
 * leaves the client open.
 */
public final class S3SnapshotStore implements SnapshotStore {

    private final S3Settings settings;
    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;
    private final S3Reading reading;
    private final S3Listing listing;
    private final S3Deletion deletion;
    private final ProbedWriteMode writeMode;
    private volatile boolean closed;

    private S3SnapshotStore(S3Client client, S3Settings settings) {
        this.settings = settings;
        this.client = client;
        this.requests = new S3Requests(settings);
        this.failures = new S3Failures(settings.place());
        this.reading = new S3Reading(settings.place(), client, requests, failures);
        this.listing = new S3Listing(settings, client, requests, failures);
        this.deletion = new S3Deletion(client, requests, failures);
        this.writeMode =
                new ProbedWriteMode(new CapabilityProbe(settings, client, requests, failures), knownMode(settings));
    }

    /**
     * Begins to open a store on a bucket, which must exist.
     *
     * @param client stays the host's, and must stay open as long as the store; region, endpoint, credentials, connections
     *     and retries are its own
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
            return; // As it must be.
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
            throw new IllegalArgumentException("no range: " + length + " bytes from " + offset);
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
        return listing.list(ObjectName.checkPrefix(prefix));
    }

    @Override
    public void delete(String name) throws IOException {
        check(name);
        deletion.delete(name);
    }

    /** Up to a thousand in one request. */
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
     * Opens a store. Defaults:
     *
     * <ul>
     *   <li>no prefix
     *   <li>encryption and storage class as the bucket says
     *   <li>every call is given up after 8 seconds, the client's retries included, so that an unreachable service is given
     *       up within 30 seconds; a put has a second more for each 64 KiB of its body
     *   <li>the service is tried before the first put, and nothing it lacks is accepted
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        /** S3's keys have at most 1,024 bytes. */
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
                throw new IllegalArgumentException("a bucket has a name");
            }
            this.client = client;
            this.bucket = bucket;
        }

        /**
         * What all keys of this store start with, such as {@code backups/eu}; a slash is put between it and the names.
         *
         * @throws IllegalArgumentException where it is no object name, or longer than 511 characters
         */
        public Builder prefix(String value) {
            if (ObjectName.check(value).length() > LONGEST_PREFIX) {
                throw new IllegalArgumentException("a prefix has at most " + LONGEST_PREFIX + " characters");
            }
            prefix = value;
            return this;
        }

        /** Asks for encryption at rest with keys of the service (SSE-S3). */
        public Builder encryptWithServiceKeys() {
            encryption = ServerSideEncryption.AES256;
            kmsKey = null;
            return this;
        }

        /** Asks for encryption at rest with the account's default key in KMS (SSE-KMS). */
        public Builder encryptWithKms() {
            encryption = ServerSideEncryption.AWS_KMS;
            kmsKey = null;
            return this;
        }

        /** Asks for encryption at rest with a key in KMS (SSE-KMS). Readers need the right to decrypt with it. */
        public Builder encryptWithKms(String keyId) {
            encryption = ServerSideEncryption.AWS_KMS;
            kmsKey = Objects.requireNonNull(keyId, "keyId");
            return this;
        }

        /**
         * The class in which the service keeps objects.
         *
         * @throws IllegalArgumentException where objects of that class cannot be read at once
         */
        public Builder storageClass(StorageClass value) {
            if (ARCHIVES.contains(value)) {
                throw new IllegalArgumentException("objects of class " + value + " cannot be read at once");
            }
            storageClass = value;
            return this;
        }

        /**
         * How long a call may take, the client's retries included and bodies not counted.
         *
         * @throws IllegalArgumentException where it is not positive
         */
        public Builder answerTimeout(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("a time limit is positive, not " + value);
            }
            answerTimeout = value;
            return this;
        }

        /**
         * The rate, in bytes per second, below which a put counts as stuck.
         *
         * @throws IllegalArgumentException where it is not positive
         */
        public Builder slowestUpload(long bytesPerSecond) {
            if (bytesPerSecond <= 0) {
                throw new IllegalArgumentException("a rate is positive, not " + bytesPerSecond);
            }
            slowestBytesPerSecond = bytesPerSecond;
            return this;
        }

        /** Does not try the service before the first put; the host knows that it honours conditional writes and checks. */
        public Builder skipProbe() {
            probing = false;
            return this;
        }

        /**
         * Takes a service that does not honour {@code If-None-Match}: a put then looks whether the name is free, and stores
         * the object by a second request. <b>What is lost</b> is S2 between two writers of one name at one time: the later
         * replaces the earlier. Where the service does honour it, it is used all the same, unless the probe is skipped.
         */
        public Builder acceptUnconditionalWrites() {
            acceptsUnconditionalWrites = true;
            return this;
        }

        /**
         * Takes a service that does not check what it stores, and sends it no checksum unless the client does. <b>What is
         * lost</b>: an object damaged on its way is noticed only when it is verified or restored.
         */
        public Builder acceptUncheckedWrites() {
            acceptsUncheckedWrites = true;
            return this;
        }

        /** For tests: pages with few objects are pages all the same. */
        Builder pageSize(int value) {
            pageSize = value;
            return this;
        }

        /** Opens the store; does no I/O. */
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
