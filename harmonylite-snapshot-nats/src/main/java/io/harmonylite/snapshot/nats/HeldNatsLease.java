package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lease from its acquisition to its end. Thread-safe. */
final class HeldNatsLease implements Held {

    private static final Logger LOG = LoggerFactory.getLogger(HeldNatsLease.class);
    private static final int ATTEMPTS = 3;
    private static final int RENEWALS = 4;
    private static final int RETRIES_PER_PERIOD = 10;

    private final LeaseBucket bucket;
    private final String name;
    private final String subject;
    private final LeaseRecord record;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Object lock = new Object();
    private long revision;
    private volatile long endNanos;
    private volatile boolean ended;

    private HeldNatsLease(LeaseBucket bucket, String name, LeaseRecord record) {
        this.bucket = bucket;
        this.name = name;
        this.subject = bucket.subject(name);
        this.record = record;
    }

    /** Tries to acquire a lease. Returns empty if another node holds it. */
    static Optional<Held> tryAcquire(LeaseBucket bucket, String name, LeaseRecord record) throws IOException {
        HeldNatsLease lease = new HeldNatsLease(bucket, name, record);
        try {
            return lease.acquire() ? Optional.of(lease) : Optional.empty();
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.store("the lease of " + name, e);
        }
    }

    /** Tries to acquire the lease, and starts to renew it. Returns false if another node holds it. */
    private boolean acquire() throws IOException, JetStreamApiException {
        long expected = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                if (write(expected)) {
                    renewOnOwnThread();
                    return true;
                }
            } catch (RequestFailure e) {
                if (isOurs()) {
                    continue; // The write succeeded but its reply was lost; the next attempt renews the lease.
                }
                throw e;
            }
            MessageInfo present = last();
            if (present != null && !record.isFree(present) && !record.isOurs(present)) {
                return false;
            }
            expected = present == null ? 0 : present.getSeq();
        }
        return false; // Other nodes were faster each time.
    }

    @Override
    public boolean isHeld() {
        if (!ended && bucket.nanoTime().getAsLong() - endNanos >= 0) {
            ended = true;
        }
        return !ended;
    }

    @Override
    public void close() {
        closing.countDown();
        synchronized (lock) {
            if (!isHeld()) {
                return;
            }
            ended = true;
            try {
                Headers headers = record.givingBack(expecting(revision));
                bucket.api().acknowledged(bucket.api().publishing(writeSubject(), headers, record.givenBack()));
            } catch (IOException | JetStreamApiException e) {
                LOG.info("The lease of {} could not be given back, and expires by itself: {}", name, e.toString());
            }
        }
    }

    private void renewOnOwnThread() {
        Thread thread = new Thread(this::renewUntilEnd, "snapshot-lease-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void renewUntilEnd() {
        long period = bucket.duration().toNanos() / RENEWALS;
        long wait = period;
        try {
            while (!closing.await(wait, TimeUnit.NANOSECONDS) && isRenewable()) {
                wait = renew() ? period : period / RETRIES_PER_PERIOD;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Not expected on this thread; the lease then expires by itself.
        }
    }

    private boolean isRenewable() {
        if (!isHeld() && closing.getCount() > 0) {
            LOG.warn("The lease of {} was lost", name);
        }
        return !ended;
    }

    /** Renews the lease. Returns whether that succeeded. */
    private boolean renew() {
        synchronized (lock) {
            if (!isHeld()) {
                return false;
            }
            try {
                if (write(revision)) {
                    return true;
                }
                ended = !recall();
            } catch (IOException | JetStreamApiException e) {
                LOG.info("The lease of {} could not be renewed; trying again: {}", name, e.toString());
            }
            return false;
        }
    }

    /** Writes this node's record if the key has the expected revision. Returns false if it has another one. */
    private boolean write(long expected) throws IOException, JetStreamApiException {
        long sent = bucket.nanoTime().getAsLong();
        try {
            revision = bucket.api()
                    .acknowledged(bucket.api().publishing(writeSubject(), expecting(expected), record.held()))
                    .getSeqno();
        } catch (JetStreamApiException e) {
            if (NatsFailures.isWrongSequence(e)) {
                return false;
            }
            throw e;
        }
        endNanos = sent + bucket.duration().toNanos();
        return true;
    }

    /** Reads the revision after a renewal whose reply was lost; does not move the end of the lease. */
    private boolean recall() throws IOException, JetStreamApiException {
        MessageInfo present = last();
        if (present == null || !record.isOurs(present)) {
            return false;
        }
        revision = present.getSeq();
        return true;
    }

    private boolean isOurs() throws IOException, JetStreamApiException {
        MessageInfo present = last();
        return present != null && record.isOurs(present);
    }

    private @Nullable MessageInfo last() throws IOException, JetStreamApiException {
        return bucket.api().lastMessage(bucket.stream(), subject).orElse(null);
    }

    private String writeSubject() {
        return bucket.api().keyValueSubject(subject);
    }

    private Headers expecting(long sequence) {
        return new Headers().add("Nats-Expected-Last-Subject-Sequence", Long.toString(sequence));
    }
}
