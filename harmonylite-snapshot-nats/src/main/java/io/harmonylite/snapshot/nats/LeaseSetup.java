package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bucket of leases, and refuses one that would keep them for ever. What is not asked for is null.
 *
 * @param bucket its name
 * @param asked its time to live
 * @param usual its time to live where it is made
 * @param replicas how many servers keep it
 */
record LeaseSetup(
        String bucket,
        @Nullable Duration asked,
        Duration usual,
        @Nullable Integer replicas) {

    static String streamOf(String bucket) {
        return "KV_" + bucket;
    }

    StreamConfiguration create(JetStreamApi api) throws IOException {
        return calling(
                () -> {
                    try {
                        return checked(api.streamInfo(streamOf(bucket)).getConfiguration());
                    } catch (JetStreamApiException e) {
                        if (NatsFailures.isStreamMissing(e)) {
                            return checked(api.createStream(configuration()).getConfiguration());
                        }
                        throw e;
                    }
                },
                api);
    }

    StreamConfiguration require(JetStreamApi api) throws IOException {
        return calling(() -> checked(api.streamInfo(streamOf(bucket)).getConfiguration()), api);
    }

    private StreamConfiguration configuration() {
        return KeyValueConfiguration.builder(bucket)
                .description("Leases to take snapshots")
                .ttl(usual)
                .replicas(replicas == null ? 1 : replicas)
                .build()
                .getBackingConfig();
    }

    private StreamConfiguration checked(StreamConfiguration found) throws StoreAccessException {
        Duration ttl = found.getMaxAge();
        if (ttl == null || ttl.isZero()) {
            throw new StoreAccessException("the bucket " + bucket + " has no time to live: leases would never end");
        }
        if (asked != null && !asked.equals(ttl)) {
            throw new StoreAccessException("the bucket " + bucket + " has a time to live of " + ttl + ", not " + asked);
        }
        if (replicas != null && replicas != found.getReplicas()) {
            throw new StoreAccessException(
                    "the bucket " + bucket + " has replicas " + found.getReplicas() + ", not " + replicas);
        }
        return found;
    }

    private <T> T calling(NatsRetries.Request<T> request, JetStreamApi api) throws IOException {
        try {
            return api.retrying(request);
        } catch (JetStreamApiException e) {
            if (NatsFailures.isStreamMissing(e)) {
                throw new ContainerMissingException("the bucket " + bucket + " does not exist", e);
            }
            throw NatsFailures.store("bucket " + bucket, e);
        } catch (IOException e) {
            throw NatsFailures.store("bucket " + bucket, e);
        }
    }
}
