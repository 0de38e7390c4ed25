package io.harmonylite.snapshot.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes chunks of killed writers, to which nothing was added for a grace period, by the stream's own clock. A writer
 * that was delayed for longer notices the loss after it has stored its metadata.
 */
final class OrphanSweep {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

    private final JetStreamApi api;
    private final ObjectBucket bucket;
    private final BucketNames names;
    private final Duration grace;

    OrphanSweep(JetStreamApi api, ObjectBucket bucket, Duration grace) {
        this.api = api;
        this.bucket = bucket;
        this.names = bucket.names();
        this.grace = grace;
    }

    /** Removes orphaned chunks. Returns the number of uploads that they belonged to. */
    int run() throws IOException, JetStreamApiException {
        Set<String> orphans =
                new HashSet<>(api.subjects(names.stream(), names.allChunks()).keySet());
        if (orphans.isEmpty()) {
            return 0;
        }
        // Metadata is read after the chunks, so that the chunks of an object stored in between are not in the set.
        for (MessageInfo metadata : bucket.messages(name -> true)) {
            String nuid = new io.nats.client.api.ObjectInfo(metadata).getNuid();
            orphans.remove(names.chunks(String.valueOf(nuid)));
        }
        Instant deadline = now(api.streamInfo(names.stream())).minus(grace);
        int swept = 0;
        for (String orphan : orphans) {
            swept += sweep(orphan, deadline) ? 1 : 0;
        }
        return swept;
    }

    private boolean sweep(String chunks, Instant deadline) throws IOException, JetStreamApiException {
        boolean isOld = api.lastMessage(names.stream(), chunks) // Empty if they were removed already.
                .filter(last -> !last.getTime().toInstant().isAfter(deadline))
                .isPresent();
        if (!isOld) {
            return false;
        }
        api.purge(names.stream(), chunks);
        LOG.info("Removed orphaned chunks {} from bucket {}", names.nuidOf(chunks), names.bucket());
        return true;
    }

    /** Returns the server's time; if it is not reported, that of the newest message, which is never later. */
    private static Instant now(StreamInfo info) {
        @Nullable ZonedDateTime reported = info.getTimestamp();
        ZonedDateTime newest = info.getStreamState().getLastTime();
        return reported == null || reported.isBefore(newest) ? newest.toInstant() : reported.toInstant();
    }
}
