package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Translates failures of NATS into the exceptions of {@code SnapshotStore}, {@code Streams} and {@code SnapshotLease}.
 * The codes are those of nats-server's {@code errors.json}.
 */
final class NatsFailures {

    private static final int STREAM_NOT_FOUND = 10_059;
    private static final int MESSAGE_NOT_FOUND = 10_037;
    private static final int STREAM_EXISTS = 10_058;
    private static final int STORE_FAILED = 10_077;
    private static final int SEALED = 10_109;
    private static final int PURGE_DENIED = 10_110;
    private static final Set<Integer> WRONG_SEQUENCE = Set.of(10_071, 10_163, 10_164);
    private static final Set<Integer> NO_JETSTREAM = Set.of(10_035, 10_039, 10_076, 10_120);
    private static final Set<Integer> INVALID = Set.of(10_036, 10_052, 10_074, PURGE_DENIED);
    private static final Set<Integer> PEERS_MISSING = Set.of(10_005);
    private static final Set<Integer> FULL = Set.of(10_002, 10_023, 10_028, 10_047, 10_122);
    private static final int SERVER_FAILURE = 500;
    private static final int TOO_BUSY = 429;

    private NatsFailures() {}

    static boolean isStreamMissing(JetStreamApiException e) {
        return e.getApiErrorCode() == STREAM_NOT_FOUND;
    }

    static boolean isMessageMissing(JetStreamApiException e) {
        return e.getApiErrorCode() == MESSAGE_NOT_FOUND;
    }

    /** Returns whether a stream of this name exists with another configuration. */
    static boolean isStreamThere(JetStreamApiException e) {
        return e.getApiErrorCode() == STREAM_EXISTS;
    }

    /** Returns whether a condition on the last sequence failed, or another write of the subject is in progress. */
    static boolean isWrongSequence(JetStreamApiException e) {
        return WRONG_SEQUENCE.contains(e.getApiErrorCode());
    }

    /** Returns the exception that a store throws for an error reply, or for a request without a reply. */
    static IOException store(String what, Exception e) {
        if (e instanceof JetStreamApiException reply) {
            return ofReply(what, reply);
        }
        if (e instanceof RequestFailure failure && failure.is(Reason.DENIED)) {
            return new StoreAccessException(what + ": " + e.getMessage(), e);
        }
        return asIOException(e);
    }

    private static IOException asIOException(Exception e) {
        return e instanceof IOException failure ? failure : new IOException(e);
    }

    private static IOException ofReply(String what, JetStreamApiException e) {
        String message = message(what, e);
        if (isStreamMissing(e)) {
            return new ContainerMissingException(what + ": its bucket does not exist", e);
        }
        if (isMessageMissing(e)) {
            return new NoSuchObjectException("there is no " + what, e);
        }
        if (isFull(e)) {
            return new StoreFullException(message, e);
        }
        return isPermanent(e) ? new StoreAccessException(message, e) : new IOException(message, e);
    }

    private static String message(String what, JetStreamApiException e) {
        if (e.getApiErrorCode() == SEALED) {
            return what + ": the stream is sealed, so nothing can be added or removed; use another one: "
                    + e.getMessage();
        }
        return e.getApiErrorCode() == PURGE_DENIED
                ? what + ": the stream's setting deny_purge forbids to remove messages; use a stream without it: "
                        + e.getMessage()
                : what + ": " + e.getMessage();
    }

    /**
     * Returns the exception that streams throw for an error reply other than a missing stream or message, or if a
     * request has no reply after all retries.
     */
    static IOException stream(String stream, Exception e) {
        if (e instanceof JetStreamApiException reply) {
            String message = message("stream " + stream, reply);
            return isPermanent(reply) ? new StreamAccessException(message, e) : new IOException(message, e);
        }
        if (e instanceof RequestFailure failure && failure.is(Reason.NO_RESPONDERS)) {
            return new StreamAccessException(
                    "JetStream does not respond for stream " + stream
                            + "; enable it, or correct the prefix of its API: " + e.getMessage(),
                    e);
        }
        if (e instanceof RequestFailure failure && failure.is(Reason.DENIED)) {
            return new StreamAccessException("stream " + stream + ": " + e.getMessage(), e);
        }
        return asIOException(e);
    }

    /** Returns whether a retry of the same request may succeed. */
    static boolean mayPass(Throwable e) {
        if (e instanceof RequestFailure failure) {
            return !failure.is(Reason.DENIED) && !failure.is(Reason.CLOSED);
        }
        return e instanceof JetStreamApiException answer && !isPermanent(answer);
    }

    /** Returns whether the request had no responders. */
    static boolean isUnserved(Throwable e) {
        return e instanceof RequestFailure failure && failure.is(Reason.NO_RESPONDERS);
    }

    private static boolean isPermanent(JetStreamApiException e) {
        int code = e.getApiErrorCode();
        if (NO_JETSTREAM.contains(code) || INVALID.contains(code)) {
            return true;
        }
        return e.getErrorCode() < SERVER_FAILURE && e.getErrorCode() != TOO_BUSY && !PEERS_MISSING.contains(code);
    }

    private static boolean isFull(JetStreamApiException e) {
        String description = String.valueOf(e.getErrorDescription()).toLowerCase(Locale.ROOT);
        return FULL.contains(e.getApiErrorCode())
                || (e.getApiErrorCode() == STORE_FAILED && description.contains("maximum"));
    }
}
