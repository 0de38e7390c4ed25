package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to upload an object's bytes, as chunks under a new nuid that no metadata names yet. After any failure it
 * is void, because a repeated chunk could be out of order or stored twice. Not thread-safe.
 */
final class ChunkUpload {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkUpload.class);
    private static final int MESSAGE_OVERHEAD = 4096;

    /** Bytes in a chunk: the size that other clients write, and as fast as larger ones. */
    static final int CHUNK_SIZE = 128 << 10;

    private static final int WINDOW = 16;

    private final JetStreamApi api;
    private final BucketNames names;
    private final String nuid = NUID.nextGlobal();
    private final int chunkSize;
    private final Headers headers;
    private final Deque<PendingReply> inFlight = new ArrayDeque<>();
    private final ObjectDigest digest = new ObjectDigest();
    private long sent;
    private long lastSequence;

    ChunkUpload(JetStreamApi api, BucketNames names) {
        this.api = api;
        this.names = names;
        this.chunkSize = chunkSize(api.connection().getMaxPayload());
        this.headers = new Headers().add("Nats-Expected-Stream", names.stream());
    }

    private static int chunkSize(long maxPayload) {
        return (int) Math.max(1, Math.min(CHUNK_SIZE, maxPayload - MESSAGE_OVERHEAD));
    }

    /** Sends all bytes. On return the stream has acknowledged all of them. */
    StoredObject send(String name, ObjectSource source) throws IOException, JetStreamApiException {
        long length = source.length();
        try (InputStream in = source.open()) {
            for (long left = length; left > 0; ) {
                byte[] chunk = in.readNBytes((int) Math.min(chunkSize, left));
                if (chunk.length < Math.min(chunkSize, left)) {
                    throw new IOException("the source of " + name + " ends " + (left - chunk.length)
                            + " bytes before its length of " + length);
                }
                send(chunk);
                left -= chunk.length;
            }
            if (in.read() >= 0) {
                throw new IOException("the source of " + name + " has more bytes than its length of " + length);
            }
        }
        while (!inFlight.isEmpty()) {
            acknowledge();
        }
        return new StoredObject(name, nuid, length, sent, chunkSize, digest.value(), Instant.EPOCH, Map.of());
    }

    /** Removes the chunks that were sent, also after an interrupt; leaves the rest to the orphan sweep. */
    void discard() {
        String subject = names.chunks(nuid);
        if (sent == 0) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            awaitInFlight();
            api.purge(names.stream(), subject);
        } catch (IOException | JetStreamApiException e) {
            LOG.info("Chunks {} are left to the next orphan sweep: {}", subject, e.toString());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for chunks in flight: a chunk that arrives after the purge would stay. */
    private void awaitInFlight() throws IOException {
        long end = System.nanoTime() + api.timeout().toNanos();
        while (!inFlight.isEmpty()) {
            try {
                inFlight.remove().await(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            } catch (RequestFailure e) {
                LOG.debug("A chunk of a failed upload was not acknowledged: {}", e.toString());
            }
        }
    }

    private void send(byte[] chunk) throws IOException, JetStreamApiException {
        if (inFlight.size() == WINDOW) {
            acknowledge();
        }
        inFlight.add(api.publishing(names.chunks(nuid), headers, chunk));
        digest.update(chunk);
        sent++;
    }

    private void acknowledge() throws IOException, JetStreamApiException {
        PublishAck ack = api.acknowledged(inFlight.remove());
        if (ack.getSeqno() <= lastSequence
                || ack.isDuplicate()
                || !names.stream().equals(ack.getStream())) {
            throw new RequestFailure(
                    Reason.DISORDER, "chunks of " + names.chunks(nuid) + " did not arrive in order: " + ack, null);
        }
        lastSequence = ack.getSeqno();
    }
}
