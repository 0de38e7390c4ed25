package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Makes an object visible by one message: its metadata, taken by the stream only where the last message of its subject is
 * the one expected. It may be sent again after a lost answer, since at most one is ever taken; whose it was shows in its
 * nuid. Not thread-safe.
 */
final class MetadataCommit {

    private final JetStreamApi api;
    private final BucketNames names;
    private final StoredObject object;
    private final String subject;
    private final long expected;
    private boolean unknown;

    /**
     * Commits an object.
     *
     * @param expected sequence of the message it replaces; 0 where the subject is to have none
     */
    MetadataCommit(JetStreamApi api, BucketNames names, StoredObject object, long expected) {
        this.api = api;
        this.names = names;
        this.object = object;
        this.subject = names.metadata(object.name());
        this.expected = expected;
    }

    /**
     * Makes it visible.
     *
     * @throws ObjectExistsException where another object has, or has got, the name
     * @throws IndeterminateWriteException where it may become visible, or not; its chunks must stay
     * @throws IOException where it is not visible, and will not be
     */
    void run() throws IOException {
        try {
            api.retrying(this::attempt);
        } catch (ObjectExistsException e) {
            throw e;
        } catch (IOException e) {
            throw unknown ? indeterminate(e) : NatsFailures.store(object.name(), e);
        } catch (JetStreamApiException e) {
            throw unknown ? indeterminate(e) : NatsFailures.store(object.name(), e);
        }
    }

    private boolean attempt() throws IOException, JetStreamApiException {
        try {
            api.acknowledged(api.publishing(subject, headers(), object.serialized(names.bucket())));
            return true;
        } catch (JetStreamApiException e) {
            if (!NatsFailures.isWrongSequence(e)) {
                throw e;
            }
            return decided(e);
        } catch (InterruptedIOException e) {
            unknown = true;
            throw e;
        } catch (RequestFailure e) {
            unknown |= e.is(Reason.TIMEOUT) || e.is(Reason.DISCONNECTED);
            throw e;
        }
    }

    /** Ours where an earlier attempt was taken after all. */
    private boolean decided(JetStreamApiException refusal) throws IOException, JetStreamApiException {
        MessageInfo present;
        try {
            present = api.lastMessage(names.stream(), subject);
        } catch (JetStreamApiException e) {
            if (NatsFailures.isMessageMissing(e)) {
                throw new RequestFailure(Reason.TIMEOUT, "another write of " + subject + " is being decided", refusal);
            }
            throw e;
        }
        String nuid = new io.nats.client.api.ObjectInfo(present).getNuid();
        if (object.nuid().equals(nuid)) {
            return true;
        }
        throw new ObjectExistsException(object.name() + " exists already in bucket " + names.bucket(), refusal);
    }

    private Headers headers() {
        return new Headers()
                .add("Nats-Rollup", "sub")
                .add("Nats-Expected-Stream", names.stream())
                .add("Nats-Expected-Last-Subject-Sequence", Long.toString(expected));
    }

    private IOException indeterminate(Exception e) {
        return new IndeterminateWriteException(
                object.name() + " may have been stored in bucket " + names.bucket() + ": " + e.getMessage(), e);
    }
}
