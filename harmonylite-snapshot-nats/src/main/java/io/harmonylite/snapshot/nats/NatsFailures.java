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
 * Turns what NATS says into what {@code SnapshotStore}, {@code Streams} and {@code SnapshotLease} say. Codes are those of
 * the server's {@code errors.json}.
 */
final class NatsFailures {

    private static final int STREAM_NOT_FOUND = 10_059;
    private static final int MESSAGE_NOT_FOUND = 10_037;
    private static final int STREAM_EXISTS = 10_058;
    private static final int STORE_FAILED = 10_077;
    private static final int PURGE_DENIED = 10_110;
    private static final Set<Integer> WRONG_SEQUENCE = Set.of(10_071, 10_163, 10_164);
    private static final Set<Integer> NO_JETSTREAM = Set.of(10_035, 10_039, 10_076, 10_120);
    private static final Set<Integer> IMPOSSIBLE = Set.of(10_036, 10_052, 10_074);
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

    /** A stream of this name is there, with another configuration. */
    static boolean isStreamThere(JetStreamApiException e) {
        return e.getApiErrorCode() == STREAM_EXISTS;
    }

    /** A condition on the subject's last sequence did not hold, or another write is being decided. */
    static boolean isWrongSequence(JetStreamApiException e) {
        return WRONG_SEQUENCE.contains(e.getApiErrorCode());
    }

    /**
     * What a store throws.
     *
     * @param what the object or place it was about
     */
    static IOException store(String what, IOException e) {
        if (e instanceof RequestFailure failure && failure.is(Reason.DENIED)) {
            return new StoreAccessException(what + ": " + e.getMessage(), e);
        }
        return e;
    }

    /**
     * What a store throws.
     *
     * @param what the object or place it was about
     */
    static IOException store(String what, JetStreamApiException e) {
        String message = what + ": " + e.getMessage();
        if (isStreamMissing(e)) {
            return new ContainerMissingException(what + ": its bucket does not exist", e);
        }
        if (isMessageMissing(e)) {
            return new NoSuchObjectException("there is no " + what, e);
        }
        if (isFull(e)) {
            return new StoreFullException(message, e);
        }
        return isForGood(e) || e.getApiErrorCode() == PURGE_DENIED
                ? new StoreAccessException(message, e)
                : new IOException(message, e);
    }

    /** What streams throw, where nobody answers after all patience. */
    static IOException stream(String stream, IOException e) {
        if (e instanceof RequestFailure failure && failure.is(Reason.NO_RESPONDERS)) {
            return new StreamAccessException(
                    "no JetStream answers for stream " + stream + "; it is not enabled there, or under another prefix: "
                            + e.getMessage(),
                    e);
        }
        if (e instanceof RequestFailure failure && failure.is(Reason.DENIED)) {
            return new StreamAccessException("stream " + stream + ": " + e.getMessage(), e);
        }
        return e;
    }

    /** What streams throw, but for a missing stream or message, which are answers. */
    static IOException stream(String stream, JetStreamApiException e) {
        String message = "stream " + stream + ": " + e.getMessage();
        return isForGood(e) ? new StreamAccessException(message, e) : new IOException(message, e);
    }

    /** What a purge of a stream throws. */
    static IOException purge(String stream, JetStreamApiException e) {
        return isStreamMissing(e) || e.getApiErrorCode() == PURGE_DENIED
                ? new StreamAccessException("stream " + stream + ": " + e.getMessage(), e)
                : stream(stream, e);
    }

    /** Whether the same request may be answered otherwise a little later. */
    static boolean mayPass(Throwable e) {
        if (e instanceof RequestFailure failure) {
            return !failure.is(Reason.DENIED) && !failure.is(Reason.CLOSED);
        }
        return e instanceof JetStreamApiException answer && !isForGood(answer);
    }

    /** Whether nobody serves the subject. */
    static boolean isUnserved(Throwable e) {
        return e instanceof RequestFailure failure && failure.is(Reason.NO_RESPONDERS);
    }

    private static boolean isForGood(JetStreamApiException e) {
        int code = e.getApiErrorCode();
        if (NO_JETSTREAM.contains(code) || IMPOSSIBLE.contains(code)) {
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
