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
 * Removes chunks that no metadata names and that nobody has added to for a grace period, by the stream's own clock: what
 * killed writers left. A writer in progress keeps adding; one that was held up longer finds out when it has stored its
 * object.
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

    /** Removes them, and says how many writers' they were. */
    int run() throws IOException, JetStreamApiException {
        Set<String> orphans =
                new HashSet<>(api.subjects(names.stream(), names.allChunks()).keySet());
        if (orphans.isEmpty()) {
            return 0;
        }
        for (MessageInfo metadata :
                bucket.messages(name -> true)) { // After the chunks: a new object's are not in the set.
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
        try {
            Instant last = api.lastMessage(names.stream(), chunks).getTime().toInstant();
            if (last.isAfter(deadline)) {
                return false;
            }
        } catch (JetStreamApiException e) {
            if (NatsFailures.isMessageMissing(e)) {
                return false; // Gone already.
            }
            throw e;
        }
        api.purge(names.stream(), chunks);
        LOG.info("Removed what a writer left behind: {} in bucket {}", names.nuidOf(chunks), names.bucket());
        return true;
    }

    /** The server's time, or where it does not tell, that of the newest message: never later than the server's. */
    private static Instant now(StreamInfo info) {
        @Nullable ZonedDateTime told = info.getTimestamp();
        ZonedDateTime newest = info.getStreamState().getLastTime();
        return told == null || told.isBefore(newest) ? newest.toInstant() : told.toInstant();
    }
}
