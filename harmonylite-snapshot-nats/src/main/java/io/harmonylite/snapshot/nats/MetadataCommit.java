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
 * Makes an object visible by one message, which the stream accepts only if the last message of the subject is the
 * expected one. It may be repeated after a lost reply, because at most one is accepted. Not thread-safe.
 */
final class MetadataCommit {

    private final JetStreamApi api;
    private final BucketNames names;
    private final StoredObject object;
    private final String subject;
    private final long expected;
    private boolean unknown;

    /** Creates a commit that replaces the message with sequence {@code expected}; 0 if the subject must have none. */
    MetadataCommit(JetStreamApi api, BucketNames names, StoredObject object, long expected) {
        this.api = api;
        this.names = names;
        this.object = object;
        this.subject = names.metadata(object.name());
        this.expected = expected;
    }

    /**
     * Makes the object visible. After {@link IndeterminateWriteException} it may become so, and its chunks must stay;
     * after any other exception it will not.
     */
    void run() throws IOException {
        try {
            api.retrying(this::attempt);
        } catch (ObjectExistsException e) {
            throw e;
        } catch (IOException | JetStreamApiException e) {
            throw unknown ? indeterminate(e) : NatsFailures.store(names.located(object.name()), e);
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
            return isOwn(e);
        } catch (InterruptedIOException e) {
            unknown = true;
            throw e;
        } catch (RequestFailure e) {
            unknown |= e.is(Reason.TIMEOUT) || e.is(Reason.DISCONNECTED);
            throw e;
        }
    }

    /** Returns true if an earlier attempt of this commit was accepted; otherwise throws. */
    private boolean isOwn(JetStreamApiException rejection) throws IOException, JetStreamApiException {
        MessageInfo present = api.lastMessage(names.stream(), subject)
                .orElseThrow(() -> new RequestFailure(
                        Reason.TIMEOUT, "another write of " + subject + " is in progress", rejection));
        String nuid = new io.nats.client.api.ObjectInfo(present).getNuid();
        if (object.nuid().equals(nuid)) {
            return true;
        }
        throw new ObjectExistsException(object.name() + " exists already in bucket " + names.bucket(), rejection);
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
