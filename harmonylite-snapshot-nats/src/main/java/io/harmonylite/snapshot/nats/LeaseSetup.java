package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Creates the bucket of leases, and rejects one without a time to live. A null setting was not requested. */
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
            throw new StoreAccessException("the bucket " + bucket
                    + " has no time to live, so leases would never end; set one, or use another bucket");
        }
        if (asked != null && !asked.equals(ttl)) {
            throw new StoreAccessException("the bucket " + bucket + " has a time to live of " + ttl + ", not " + asked
                    + "; change the stream " + streamOf(bucket) + ", or use another bucket");
        }
        if (replicas != null && replicas != found.getReplicas()) {
            throw new StoreAccessException("the bucket " + bucket + " has replicas " + found.getReplicas() + ", not "
                    + replicas + "; change the stream " + streamOf(bucket) + ", or use another bucket");
        }
        return found;
    }

    private <T> T calling(NatsRetries.Request<T> request, JetStreamApi api) throws IOException {
        try {
            return api.retrying(request);
        } catch (IOException | JetStreamApiException e) {
            if (e instanceof JetStreamApiException reply && NatsFailures.isStreamMissing(reply)) {
                throw new ContainerMissingException(
                        "the bucket " + bucket + " does not exist; create it with NatsLease.create", e);
            }
            throw NatsFailures.store("bucket " + bucket, e);
        }
    }
}
