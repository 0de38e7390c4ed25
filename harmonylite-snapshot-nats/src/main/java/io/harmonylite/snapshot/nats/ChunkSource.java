package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.DamagedObjectException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one object in order, each exactly once. Goes on where it was after cut connections and restarted servers,
 * and gives up after some time without a chunk. Not thread-safe.
 */
final class ChunkSource implements Closeable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int WINDOW_BYTES = 4 << 20;
    private static final int USUAL_CHUNK = 128 << 10;
    private static final int SMALL = 128 << 10;

    private final JetStreamApi api;
    private final BucketNames names;
    private final StoredObject object;
    private final String subject;
    private @Nullable ChunkLink link;
    private long received;
    private long lastSequence;

    ChunkSource(JetStreamApi api, BucketNames names, StoredObject object) {
        this.api = api;
        this.names = names;
        this.object = object;
        this.subject = names.chunks(object.nuid());
    }

    /**
     * The next chunk; asked for at most as often as the object has chunks.
     *
     * @throws DamagedObjectException where the stream has no more, though the object is there
     * @throws NoSuchObjectException where the object was deleted meanwhile
     */
    byte[] next() throws IOException {
        byte[] chunk = object.chunks() == 1 && object.size() <= SMALL ? only() : consumed();
        received++;
        return chunk;
    }

    @Override
    public void close() {
        ChunkLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    private byte[] only() throws IOException {
        try {
            return dataOf(api.lastMessage(names.stream(), subject).getData());
        } catch (JetStreamApiException e) {
            throw NatsFailures.isMessageMissing(e) ? lost() : NatsFailures.store(object.name(), e);
        } catch (IOException e) {
            throw NatsFailures.store(object.name(), e);
        }
    }

    private byte[] consumed() throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                Message message = awaited(linked());
                lastSequence = message.metaData().streamSequence();
                return dataOf(message.getData());
            } catch (RequestFailure e) {
                close();
                if (!NatsFailures.mayPass(e) || isPast(start, PATIENCE)) {
                    throw NatsFailures.store(object.name(), e);
                }
            } catch (JetStreamApiException e) {
                close();
                if (!NatsFailures.mayPass(e) || isPast(start, PATIENCE)) {
                    throw NatsFailures.store(object.name(), e);
                }
            }
            pause();
            checkThere();
        }
    }

    private Message awaited(ChunkLink open) throws IOException {
        long start = System.nanoTime();
        boolean checked = false;
        while (true) {
            Message message = open.poll();
            if (message != null) {
                return message;
            }
            if (isPast(start, api.timeout())) {
                throw RequestFailure.brokenOff("no chunk came in time");
            }
            if (!checked && isPast(start, SILENCE)) {
                checked = true;
                checkThere();
            }
        }
    }

    private static boolean isPast(long startNanos, Duration limit) {
        return System.nanoTime() - startNanos > limit.toNanos();
    }

    private ChunkLink linked() throws IOException, JetStreamApiException {
        ChunkLink open = link;
        if (open == null) {
            long left = object.chunks() - received;
            open = new ChunkLink(api, names.stream(), subject, lastSequence + 1, left, window());
            link = open;
            if (open.available() < left) {
                checkThere(); // Removed, or that replica has not caught up yet.
            }
        }
        return open;
    }

    private int window() {
        int chunk = object.chunkSize() > 0 ? object.chunkSize() : USUAL_CHUNK;
        return Math.min(256, Math.max(4, WINDOW_BYTES / chunk));
    }

    /** Whether the stream still has the object and all its chunks; no answer at all says nothing. */
    private void checkThere() throws IOException {
        try {
            long present = api.subjects(names.stream(), subject).getOrDefault(subject, 0L);
            if (present < object.chunks()) {
                throw lost();
            }
        } catch (RequestFailure e) {
            return; // Cannot be found out now; reading goes on, within its patience.
        } catch (JetStreamApiException e) {
            if (!NatsFailures.mayPass(e)) {
                throw NatsFailures.store(object.name(), e);
            }
        }
    }

    /** The failure for chunks that are not there. */
    private IOException lost() throws IOException {
        try {
            MessageInfo metadata = api.lastMessage(names.stream(), names.metadata(object.name()));
            if (StoredObject.of(metadata)
                    .filter(now -> now.nuid().equals(object.nuid()))
                    .isPresent()) {
                return new DamagedObjectException(object.name() + " in bucket " + names.bucket() + " lacks some of its "
                        + object.chunks() + " chunks");
            }
        } catch (JetStreamApiException e) {
            if (!NatsFailures.isMessageMissing(e)) {
                return NatsFailures.store(object.name(), e);
            }
        }
        return new NoSuchObjectException(object.name() + " was deleted while it was read");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to read on");
        }
    }

    private static byte[] dataOf(byte @Nullable [] data) {
        return data == null ? new byte[0] : data;
    }
}
