package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.nats.client.Connection;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.support.NatsRequestCompletableFuture;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request that was sent. Tells a forbidden one and one without responders from a slow server. Not thread-safe. */
final class PendingReply {

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int NO_RESPONDERS = 503;

    private final Connection connection;
    private final String subject;
    private final CompletableFuture<Message> future;
    private final DenialCheck denial;

    private PendingReply(Connection connection, String subject, CompletableFuture<Message> future, DenialCheck denial) {
        this.connection = connection;
        this.subject = subject;
        this.future = future;
        this.denial = denial;
    }

    /** Sends a request. Its reply is kept for the given time. */
    static PendingReply of(Connection connection, Message request, Duration timeout) throws RequestFailure {
        String subject = request.getSubject();
        DenialCheck denial =
                new DenialCheck(connection, subject, connection.getOptions().getInboxPrefix());
        try {
            return new PendingReply(connection, subject, connection.requestWithTimeout(request, timeout), denial);
        } catch (IllegalStateException e) {
            throw RequestFailure.unsendable(connection, e);
        }
    }

    /** Waits for the reply for at most the given time. */
    Message await(Duration timeout) throws RequestFailure, InterruptedIOException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            long left = end - System.nanoTime();
            try {
                return checked(future.get(Math.min(Math.max(left, 0), LOOK.toNanos()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                look(left, e);
            } catch (CancellationException e) {
                throw cancelled(e);
            } catch (ExecutionException e) {
                throw failed(e);
            } catch (InterruptedException e) {
                future.cancel(true);
                throw interrupted(e);
            }
        }
    }

    private InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for " + subject);
        interrupted.initCause(cause);
        return interrupted;
    }

    private void look(long left, TimeoutException cause) throws RequestFailure {
        boolean over = left <= LOOK.toNanos();
        RequestFailure denied = over ? denial.ever() : denial.sinceCreation();
        if (denied != null) {
            future.cancel(true);
            throw denied;
        }
        if (over) {
            future.cancel(true);
            throw unanswered(cause);
        }
    }

    private RequestFailure unanswered(Throwable cause) {
        Connection.Status status = connection.getStatus();
        return status == Connection.Status.CONNECTED
                ? new RequestFailure(Reason.TIMEOUT, "the request to " + subject + " timed out", cause)
                : new RequestFailure(Reason.DISCONNECTED, "the connection to NATS is " + status, cause);
    }

    private Message checked(Message reply) throws RequestFailure {
        if (reply.isStatusMessage() && reply.getStatus().getCode() == NO_RESPONDERS) {
            throw noResponders(null);
        }
        return reply;
    }

    private RequestFailure cancelled(CancellationException cause) {
        if (future instanceof NatsRequestCompletableFuture request) {
            if (request.wasCancelledClosing()) {
                return new RequestFailure(
                        Reason.DISCONNECTED, "the connection to NATS was lost while waiting for " + subject, cause);
            }
            if (request.wasCancelledTimedOut()) {
                return unanswered(cause);
            }
        }
        return noResponders(cause);
    }

    private RequestFailure failed(ExecutionException e) {
        return e.getCause() instanceof JetStreamStatusException ? noResponders(e) : unanswered(e);
    }

    private RequestFailure noResponders(@Nullable Throwable cause) {
        return new RequestFailure(Reason.NO_RESPONDERS, "there are no responders for " + subject, cause);
    }
}
