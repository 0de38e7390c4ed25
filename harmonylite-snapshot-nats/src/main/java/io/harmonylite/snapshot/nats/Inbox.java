package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.Closeable;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Receives the messages of one or more consumers over one subscription, so that one thread can wait for all. */
final class Inbox implements Closeable {

    private final Connection connection;
    private final String name;
    private @Nullable Subscription subscription;
    private int addresses;

    Inbox(Connection connection) {
        this.connection = connection;
        this.name = connection.createInbox();
    }

    /** Returns the subject of the subscription. */
    String subject() {
        return name + ".*";
    }

    /** Returns a new subject for the messages of one consumer, and subscribes if this is the first. */
    String newAddress() throws RequestFailure {
        addresses++;
        try {
            if (subscription == null) {
                subscription = connection.subscribe(subject());
                subscription.setPendingLimits(0, 0);
            }
            return name + "." + addresses;
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    /** Returns the next message or status message of any consumer; null if none arrives within the given time. */
    @Nullable
    Message poll(Duration moment) throws RequestFailure, InterruptedIOException {
        Subscription open = subscription;
        if (open == null) {
            throw RequestFailure.brokenOff("the inbox has no consumer");
        }
        try {
            return open.nextMessage(moment);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for messages");
            interrupted.initCause(e);
            throw interrupted;
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    @Override
    public void close() {
        Subscription open = subscription;
        subscription = null;
        if (open != null) {
            try {
                open.unsubscribe();
            } catch (IllegalStateException e) {
                return; // Already closed together with the connection.
            }
        }
    }
}
