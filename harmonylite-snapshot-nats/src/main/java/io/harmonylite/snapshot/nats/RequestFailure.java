package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that got no answer from JetStream, and why. */
final class RequestFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    enum Reason {
        /** Nobody listens: no JetStream there, no such stream to publish to, or its leader is being elected. */
        NO_RESPONDERS,
        /** The server does not let this user ask, or hear the answer. */
        DENIED,
        /** The host has closed the connection. */
        CLOSED,
        /** The connection is cut, or was cut while waiting; the request may have been served. */
        DISCONNECTED,
        /** No answer in time; the request may have been served. */
        TIMEOUT,
        /** Answers came, but not those that were to come. */
        DISORDER
    }

    private final Reason reason;

    RequestFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The failure for a connection that takes nothing. */
    static RequestFailure unsendable(Connection connection, IllegalStateException cause) {
        boolean closed = connection.getStatus() == Connection.Status.CLOSED;
        return new RequestFailure(
                closed ? Reason.CLOSED : Reason.DISCONNECTED, "NATS cannot be asked: " + cause.getMessage(), cause);
    }

    /** The failure for a consumer that is of no more use. */
    static RequestFailure brokenOff(String why) {
        return new RequestFailure(Reason.DISCONNECTED, "reading broke off: " + why, null);
    }

    boolean is(Reason wanted) {
        return reason == wanted;
    }
}
