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

/** Creates buckets, and rejects existing ones that could lose stored objects. A null setting was not requested. */
record BucketSetup(
        String description,
        @Nullable Integer replicas,
        @Nullable StorageType storage,
        @Nullable Placement placement,
        @Nullable Long maxBytes) {

    private static final String OLDEST_SERVER = "2.9.0";

    /** Rejects a server that is too old for a reliable object store. */
    static void checkServer(JetStreamApi api) throws StoreAccessException {
        if (!api.connection().getServerInfo().isSameOrNewerThanVersion(OLDEST_SERVER)) {
            throw new StoreAccessException("nats-server "
                    + api.connection().getServerInfo().getVersion() + " is too old; upgrade it to " + OLDEST_SERVER
                    + " or later");
        }
    }

    /** Creates a bucket if it does not exist, then checks that it is suitable and as requested. */
    void create(JetStreamApi api, BucketNames names) throws IOException {
        Optional<StreamInfo> present = find(api, names);
        StreamInfo info = present.isPresent() ? present.get() : createMissing(api, names);
        if (info.getConfiguration().getSealed()) {
            throw new StoreAccessException(
                    "the bucket " + names.bucket() + " is sealed and accepts no more objects; use"
                            + " another bucket. Its snapshots can be listed, verified and restored");
        }
        check(names, info.getConfiguration());
    }

    /** Checks that a bucket exists, is suitable and as requested. A sealed one can be read. */
    void require(JetStreamApi api, BucketNames names) throws IOException {
        StreamInfo info = find(api, names)
                .orElseThrow(
                        () -> new ContainerMissingException(
                                "the bucket " + names.bucket()
                                        + " does not exist; correct its name, or take a snapshot, which creates it and its -packs bucket"));
        check(names, info.getConfiguration());
    }

    private static Optional<StreamInfo> find(JetStreamApi api, BucketNames names) throws IOException {
        try {
            return Optional.of(api.retrying(() -> api.streamInfo(names.stream())));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamMissing(e)) {
                return Optional.empty();
            }
            throw requestFailed(names, e);
        } catch (IOException e) {
            throw requestFailed(names, e);
        }
    }

    private StreamInfo createMissing(JetStreamApi api, BucketNames names) throws IOException {
        try {
            return api.retrying(() -> createOnce(api, names));
        } catch (IOException | JetStreamApiException e) {
            throw requestFailed(names, e);
        }
    }

    private StreamInfo createOnce(JetStreamApi api, BucketNames names) throws IOException, JetStreamApiException {
        try {
            return api.createStream(configuration(names.bucket()));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamThere(e)) {
                return api.streamInfo(names.stream()); // Another process created it first; the caller checks it.
            }
            throw e;
        }
    }

    private static IOException requestFailed(BucketNames names, Exception e) {
        return NatsFailures.isUnserved(e)
                ? new StoreAccessException(
                        "JetStream does not respond for bucket " + names.bucket()
                                + "; enable it, or correct the prefix of its API: " + e.getMessage(),
                        e)
                : NatsFailures.store("bucket " + names.bucket(), e);
    }

    private StreamConfiguration configuration(String bucket) {
        ObjectStoreConfiguration.Builder builder = ObjectStoreConfiguration.builder(bucket)
                .description(description)
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
        if (!found.getAllowRollup() && !found.getSealed()) { // Sealing takes it away, and nothing is written then.
            faults.add("does not allow roll-up headers, which object stores need");
        }
        addDifference(faults, "replicas", replicas, found.getReplicas());
        addDifference(faults, "storage", storage, found.getStorageType());
        if (!faults.isEmpty()) {
            throw new StoreAccessException("the bucket " + names.bucket() + " is not suitable: it "
                    + String.join(", ", faults) + "; change the stream " + names.stream() + ", or use another bucket");
        }
    }

    private static void addDifference(List<String> faults, String what, @Nullable Object requested, Object found) {
        if (requested != null && !requested.equals(found)) {
            faults.add("has " + what + " " + found + ", not " + requested);
        }
    }
}
