package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Translates exceptions of the AWS SDK; a plain {@link IOException} means that a retry may help. The error codes are
 * those of the S3 API reference ("Error responses"), and those of MinIO and Ceph for a full store.
 */
final class S3Failures {

    static final String NO_CODE = "no error code";

    private static final Set<String> FULL = Set.of(
            "QuotaExceeded",
            "ServiceQuotaExceededException",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "InsufficientCapacity");

    /** Rejections that a retry may resolve: damaged or too slow in transit, or in conflict with another request. */
    private static final Set<String> PASSING = Set.of(
            "BadDigest",
            "ConditionalRequestConflict",
            "IncompleteBody",
            "OperationAborted",
            "RequestTimeout",
            "XAmzContentChecksumMismatch",
            "XAmzContentSHA256Mismatch");

    private static final Set<String> MISSING = Set.of("NoSuchKey", "NoSuchVersion", "NotFound", "404");

    private static final Set<String> DENIED = Set.of("AccessDenied", "AllAccessDisabled", "MethodNotAllowed");

    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("AuthorizationHeaderMalformed", "set the client's region to that of the bucket"),
            Map.entry("ExpiredToken", "the credentials have expired; renew them"),
            Map.entry("InvalidAccessKeyId", "the access key does not exist; correct the credentials"),
            Map.entry("InvalidObjectState", "the object was moved to an archive class; restore it from there first"),
            Map.entry("InvalidToken", "the session token is wrong; renew the credentials"),
            Map.entry("PermanentRedirect", "set the client's region and endpoint to those of the bucket"),
            Map.entry("RequestExpired", "the clock of this machine is wrong; set it"),
            Map.entry("RequestTimeTooSkewed", "the clock of this machine is wrong; set it"),
            Map.entry("SignatureDoesNotMatch", "the secret key is wrong; correct the credentials"));

    private final String place;

    S3Failures(String place) {
        this.place = place;
    }

    /** Returns the exception for a failed request for an object or prefix. */
    IOException translate(String what, SdkException failure) {
        if (failure instanceof AwsServiceException answer) {
            return rejection(what, answer);
        }
        if (isInterrupt(failure)) {
            return interrupted(what, failure);
        }
        if (failure instanceof ApiCallTimeoutException || failure instanceof ApiCallAttemptTimeoutException) {
            return new IOException(place + " did not answer in time (" + what + ")", failure);
        }
        if (isAboutCredentials(failure)) {
            return new StoreAccessException(
                    place + " cannot be used: the client has no credentials; configure them", failure);
        }
        return new IOException(place + " cannot be reached (" + what + "): " + rootOf(failure), failure);
    }

    /** Returns the exception for a connection that broke while a body was read. */
    IOException broken(String what, IOException failure) {
        if (failure instanceof InterruptedIOException && !(failure instanceof SocketTimeoutException)) {
            return failure;
        }
        return new IOException(
                "the connection to " + place + " broke while " + what + " was read: " + failure, failure);
    }

    /** Returns the exception for an object that a batch delete did not remove. */
    IOException ofDeletion(S3Error error) {
        if (error.code().equals("NoSuchBucket")) {
            return containerMissing(null);
        }
        String message = place + " did not delete " + error.key() + ": " + error.code() + ", " + error.message();
        return DENIED.contains(error.code()) ? new StoreAccessException(message) : new IOException(message);
    }

    private IOException rejection(String what, AwsServiceException answer) {
        String code = code(answer);
        int status = answer.statusCode();
        if (code.equals("NoSuchBucket")) {
            return containerMissing(answer);
        }
        if (isMissingObject(answer)) {
            return missing(what, answer);
        }
        if (status == 412) {
            return new ObjectExistsException(what + " exists already in " + place, answer);
        }
        if (status == 416) {
            return endOfObject(what + " in " + place + " ends before the requested range", answer);
        }
        if (FULL.contains(code) || status == 507) {
            return new StoreFullException(place + " has no space for " + what + ": " + describe(answer), answer);
        }
        if (mayPass(code, status) || answer.isThrottlingException()) {
            return new IOException(place + " cannot serve " + what + " at present: " + describe(answer), answer);
        }
        return new StoreAccessException(
                place + " rejects " + what + ": " + describe(answer) + advice(code, status), answer);
    }

    /** Returns whether an answer says that there is no such object; others with 404 have another code or none. */
    static boolean isMissingObject(AwsServiceException answer) {
        return answer.statusCode() == 404 && MISSING.contains(code(answer));
    }

    private static boolean mayPass(String code, int status) {
        return PASSING.contains(code)
                || status == 408
                || status == 409
                || status == 429
                || (status >= 500 && status != 501);
    }

    NoSuchObjectException missing(String what, SdkException failure) {
        return new NoSuchObjectException("there is no " + what + " in " + place, failure);
    }

    /** Returns the exception for a missing bucket. */
    ContainerMissingException containerMissing(@Nullable SdkException failure) {
        String message = "the bucket of " + place + " does not exist; create it or correct its name";
        return failure == null
                ? new ContainerMissingException(message)
                : new ContainerMissingException(message, failure);
    }

    private InterruptedIOException interrupted(String what, SdkException failure) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted =
                new InterruptedIOException("interrupted during a request for " + what + " in " + place);
        interrupted.initCause(failure);
        return interrupted;
    }

    private static EOFException endOfObject(String message, SdkException failure) {
        EOFException end = new EOFException(message);
        end.initCause(failure);
        return end;
    }

    private static String advice(String code, int status) {
        String advice = ADVICE.get(code);
        if (advice != null) {
            return "; " + advice;
        }
        if (status == 301) {
            return "; " + ADVICE.get("PermanentRedirect");
        }
        return status == 403 ? "; grant the permission, or correct the credentials" : "";
    }

    /** Describes an error answer by code, status, request id and message; never by the request's content. */
    private static String describe(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String message = details == null || details.errorMessage() == null ? "" : ", " + details.errorMessage();
        return code(answer) + " (status " + answer.statusCode() + ", request " + answer.requestId() + message + ")";
    }

    static String code(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null || details.errorCode() == null ? NO_CODE : details.errorCode();
    }

    private static boolean isInterrupt(SdkException failure) {
        return failure instanceof AbortedException || find(failure, InterruptedException.class) != null;
    }

    /** Returns whether credentials are missing. The SDK has no exception type for it. */
    private static boolean isAboutCredentials(SdkException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Unable to load credentials")
                || (message.contains("credentials") && find(failure, IOException.class) == null);
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
