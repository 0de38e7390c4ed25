package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.Placement;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes buckets, and refuses those that would lose what is stored in them. What is not asked for is null.
 *
 * @param replicas how many servers keep it
 * @param storage whether in files or in memory
 * @param placement which servers
 * @param maxBytes bytes it may hold
 */
record BucketSetup(
        @Nullable Integer replicas,
        @Nullable StorageType storage,
        @Nullable Placement placement,
        @Nullable Long maxBytes) {

    private static final String OLDEST_SERVER = "2.9.0";

    /** Refuses a server that is too old to be trusted with an object store. */
    static void checkServer(JetStreamApi api) throws StoreAccessException {
        if (!api.connection().getServerInfo().isSameOrNewerThanVersion(OLDEST_SERVER)) {
            throw new StoreAccessException("nats-server "
                    + api.connection().getServerInfo().getVersion() + " is too old; this store needs " + OLDEST_SERVER);
        }
    }

    /** Makes a bucket, unless it is there and as asked. */
    void create(JetStreamApi api, BucketNames names) throws IOException {
        Optional<StreamInfo> present = find(api, names);
        StreamInfo info = present.isPresent() ? present.get() : createAnew(api, names);
        check(names, info.getConfiguration());
    }

    /** Refuses a bucket that is not there, or not fit. */
    void require(JetStreamApi api, BucketNames names) throws IOException {
        StreamInfo info = find(api, names)
                .orElseThrow(() -> new ContainerMissingException("the bucket " + names.bucket()
                        + " does not exist; NatsSnapshotStore.create makes it, and its -packs"));
        check(names, info.getConfiguration());
    }

    private static Optional<StreamInfo> find(JetStreamApi api, BucketNames names) throws IOException {
        try {
            return Optional.of(api.retrying(() -> api.streamInfo(names.stream())));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamMissing(e)) {
                return Optional.empty();
            }
            throw NatsFailures.store("bucket " + names.bucket(), e);
        } catch (IOException e) {
            throw unserved(names, e);
        }
    }

    private StreamInfo createAnew(JetStreamApi api, BucketNames names) throws IOException {
        try {
            return api.retrying(() -> createOnce(api, names));
        } catch (JetStreamApiException e) {
            throw NatsFailures.store("bucket " + names.bucket(), e);
        } catch (IOException e) {
            throw unserved(names, e);
        }
    }

    private StreamInfo createOnce(JetStreamApi api, BucketNames names) throws IOException, JetStreamApiException {
        try {
            return api.createStream(configuration(names.bucket()));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamThere(e)) {
                return api.streamInfo(names.stream()); // Somebody else was faster; looked at below.
            }
            throw e;
        }
    }

    private static IOException unserved(BucketNames names, IOException e) {
        return NatsFailures.isUnserved(e)
                ? new StoreAccessException(
                        "no JetStream answers for bucket " + names.bucket()
                                + "; it is not enabled there, or under another prefix: " + e.getMessage(),
                        e)
                : NatsFailures.store("bucket " + names.bucket(), e);
    }

    private StreamConfiguration configuration(String bucket) {
        ObjectStoreConfiguration.Builder builder = ObjectStoreConfiguration.builder(bucket)
                .description("Snapshots of SQLite databases")
                .replicas(replicas == null ? 1 : replicas)
                .storageType(storage == null ? StorageType.File : storage);
        if (placement != null) {
            builder.placement(placement);
        }
        if (maxBytes != null) {
            builder.maxBucketSize(maxBytes);
        }
        return builder.build().getBackingConfig();
    }

    private void check(BucketNames names, StreamConfiguration found) throws StoreAccessException {
        List<String> faults = new ArrayList<>();
        if (found.getMaxAge() != null && found.getMaxAge().compareTo(Duration.ZERO) > 0) {
            faults.add("drops objects after " + found.getMaxAge());
        }
        if (found.getMaxMsgsPerSubject() > 0) {
            faults.add("keeps only " + found.getMaxMsgsPerSubject() + " chunks of an object");
        }
        if (found.getDiscardPolicy() != io.nats.client.api.DiscardPolicy.New
                && (found.getMaxBytes() > 0 || found.getMaxMsgs() > 0)) {
            faults.add("drops old objects when it is full");
        }
        if (!found.getAllowRollup()) {
            faults.add("does not allow roll-up headers, as object stores do");
        }
        addDifference(faults, "replicas", replicas, found.getReplicas());
        addDifference(faults, "storage", storage, found.getStorageType());
        if (!faults.isEmpty()) {
            throw new StoreAccessException("the bucket " + names.bucket() + " is not fit: it "
                    + String.join(", ", faults) + "; change the stream " + names.stream() + ", or use another bucket");
        }
    }

    private static void addDifference(List<String> faults, String what, @Nullable Object asked, Object found) {
        if (asked != null && !asked.equals(found)) {
            faults.add("has " + what + " " + found + ", not " + asked);
        }
    }
}
