package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.PullConsumer.Content;
import io.harmonylite.snapshot.store.DamagedObjectException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the chunks of one object in order, each once. Resumes after failures, for 20 seconds without a chunk. */
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
    private Content content = Content.WHOLE;
    private long end;
    private long received;
    private long lastSequence;

    /** Prepares to read the chunks before number {@code end}, counted from 0. */
    ChunkSource(JetStreamApi api, BucketNames names, StoredObject object, long end) {
        this.end = end;
        this.api = api;
        this.names = names;
        this.object = object;
        this.subject = names.chunks(object.nuid());
    }

    /** Returns the next chunk. Fails if the object was deleted or lacks chunks. */
    byte[] next() throws IOException {
        byte[] chunk = object.chunks() == 1 && object.size() <= SMALL ? only() : consumed();
        received++;
        return chunk;
    }

    /** Skips the first chunks, before {@link #next}, by their headers: their sequences may not be consecutive. */
    void skip(long chunks) throws IOException {
        long last = end;
        end = chunks;
        content = Content.HEADERS;
        for (; received < chunks; received++) {
            consumed();
        }
        close();
        end = last;
        content = Content.WHOLE;
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
            Optional<MessageInfo> message = api.lastMessage(names.stream(), subject);
            if (message.isPresent()) {
                return dataOf(message.get().getData());
            }
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.store(object.name(), e);
        }
        throw lost();
    }

    private byte[] consumed() throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                Message message = awaited(linked());
                lastSequence = message.metaData().streamSequence();
                return dataOf(message.getData());
            } catch (JetStreamApiException | RequestFailure e) {
                close();
                if (!NatsFailures.mayPass(e) || isPast(start, PATIENCE)) {
                    throw NatsFailures.store(object.name(), e);
                }
            }
            pause();
            checkExists();
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
                throw RequestFailure.brokenOff("no chunk arrived in time");
            }
            if (!checked && isPast(start, SILENCE)) {
                checked = true;
                checkExists();
            }
        }
    }

    private static boolean isPast(long startNanos, Duration limit) {
        return System.nanoTime() - startNanos > limit.toNanos();
    }

    private ChunkLink linked() throws IOException, JetStreamApiException {
        ChunkLink open = link;
        if (open == null) {
            long left = end - received;
            open = new ChunkLink(api, names.stream(), subject, lastSequence + 1, left, content, window());
            link = open;
            if (open.available() < left) {
                checkExists(); // The chunks were removed, or this replica has not caught up yet.
            }
        }
        return open;
    }

    private int window() {
        int chunk = object.chunkSize() > 0 ? object.chunkSize() : USUAL_CHUNK;
        return Math.min(256, Math.max(4, WINDOW_BYTES / chunk));
    }

    /** Throws if the stream no longer has the object and all its chunks, and the server responds. */
    private void checkExists() throws IOException {
        try {
            long present = api.subjects(names.stream(), subject).getOrDefault(subject, 0L);
            if (present < object.chunks()) {
                throw lost();
            }
        } catch (RequestFailure e) {
            return; // Unknown at present; reading continues until its own timeout.
        } catch (JetStreamApiException e) {
            if (!NatsFailures.mayPass(e)) {
                throw NatsFailures.store(object.name(), e);
            }
        }
    }

    /** Returns the exception for missing chunks: damaged if the object still exists, otherwise deleted. */
    private IOException lost() throws IOException {
        try {
            if (api.lastMessage(names.stream(), names.metadata(object.name()))
                    .flatMap(StoredObject::of)
                    .filter(now -> now.nuid().equals(object.nuid()))
                    .isPresent()) {
                return new DamagedObjectException(object.name() + " in bucket " + names.bucket() + " lacks some of its "
                        + object.chunks() + " chunks");
            }
        } catch (JetStreamApiException e) {
            return NatsFailures.store(object.name(), e);
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
