package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request to JetStream that got no reply, and the reason. */
final class RequestFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why there is no reply. */
    enum Reason {
        /** No responders: JetStream is disabled, the stream does not exist, or its leader is being elected. */
        NO_RESPONDERS,
        /** The user has no permission to send the request, or to receive the reply. */
        DENIED,
        /** The host closed the connection. */
        CLOSED,
        /** The connection is lost, or was lost while waiting; the request may have been executed. */
        DISCONNECTED,
        /** The request timed out; it may have been executed. */
        TIMEOUT,
        /** Replies arrived, but not the expected ones. */
        DISORDER
    }

    private final Reason reason;

    RequestFailure(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Returns the failure for a connection that accepts no requests. */
    static RequestFailure unsendable(Connection connection, IllegalStateException cause) {
        boolean closed = connection.getStatus() == Connection.Status.CLOSED;
        return new RequestFailure(
                closed ? Reason.CLOSED : Reason.DISCONNECTED,
                "the request cannot be sent to NATS: " + cause.getMessage(),
                cause);
    }

    /** Returns the failure for a consumer that cannot be used any longer. */
    static RequestFailure brokenOff(String why) {
        return new RequestFailure(Reason.DISCONNECTED, "reading failed: " + why, null);
    }

    boolean is(Reason wanted) {
        return reason == wanted;
    }
}
