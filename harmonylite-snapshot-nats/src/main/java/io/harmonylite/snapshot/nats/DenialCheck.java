package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.nats.client.Connection;
import org.jspecify.annotations.Nullable;

/** Detects that the server denied a request or its replies: it reports that only as the connection's last error. */
final class DenialCheck {

    private final Connection connection;
    private final String subject;
    private final String replies;
    private final long errorsBefore;

    /**
     * Creates a check, before the subscription and the request that it watches; {@code replies} begins the reply
     * subjects.
     */
    DenialCheck(Connection connection, String subject, String replies) {
        this.connection = connection;
        this.subject = subject;
        this.replies = replies;
        this.errorsBefore = connection.getStatistics().getErrs();
    }

    /** Returns the failure if the server has reported a denial since the check was created; otherwise null. */
    @Nullable
    RequestFailure sinceCreation() {
        return connection.getStatistics().getErrs() > errorsBefore ? ever() : null;
    }

    /** Returns the failure if the connection's last error is a denial, however old; otherwise null. */
    @Nullable
    RequestFailure ever() {
        String error = connection.getLastError();
        boolean denied = error != null
                && error.contains("Permissions Violation")
                && (error.contains('"' + subject + '"') || error.contains('"' + replies));
        return denied
                ? new RequestFailure(
                        Reason.DENIED,
                        "the server denies access to " + subject + ": " + error
                                + "; grant this permission to the user of the connection",
                        null)
                : null;
    }
}
