package io.harmonylite.snapshot.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Tries what the obligations of a store rest on. Four small requests, or five the first time:
 *
 * <ol>
 *   <li>{@value #NAME} is put where absent; if that stores it, a second such put must find it taken
 *   <li>it must then be read, and be in the list
 *   <li>a put whose checksum does not fit must be refused
 * </ol>
 *
 * <p>The object stays, so that no right to delete is needed and the next process finds it. Its name is none that a store's
 * object can have. Immutable and thread-safe.
 */
final class CapabilityProbe {

    /** Below the store's prefix. */
    static final String NAME = "~harmonylite-snapshot-probe";

    private static final Logger LOG = LoggerFactory.getLogger(CapabilityProbe.class);
    private static final byte[] CONTENT =
            "written by harmonylite-snapshot to see that this service never replaces an object\n".getBytes(UTF_8);
    private static final String WRONG_CRC32 = "AAAAAA==";
    private static final Set<String> UNSUPPORTED = Set.of("InvalidArgument", "InvalidRequest", "NotImplemented");

    private final S3Settings settings;
    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;

    CapabilityProbe(S3Settings settings, S3Client client, S3Requests requests, S3Failures failures) {
        this.settings = settings;
        this.client = client;
        this.requests = requests;
        this.failures = failures;
    }

    /**
     * Finds out how to put.
     *
     * @throws StoreAccessException where the service lacks what the host has not said it can do without
     */
    WriteMode run() throws IOException {
        WriteMode mode = writeMode();
        requireVisible();
        requireChecks();
        return mode;
    }

    private WriteMode writeMode() throws IOException {
        Outcome first = put(requests.putIfAbsent(NAME, CONTENT.length));
        if (first == Outcome.TAKEN || (first == Outcome.STORED && isTakenNow())) {
            return WriteMode.CONDITIONAL;
        }
        if (!settings.acceptsUnconditionalWrites()) {
            throw lacks("conditional writes (If-None-Match: *)", "acceptUnconditionalWrites()");
        }
        LOG.warn("{} does not honour conditional writes; the host has accepted that", settings.place());
        if (first == Outcome.UNSUPPORTED) {
            put(requests.putAnyway(NAME, CONTENT.length));
        }
        return WriteMode.UNCONDITIONAL;
    }

    private boolean isTakenNow() throws IOException {
        return put(requests.putIfAbsent(NAME, CONTENT.length)) == Outcome.TAKEN;
    }

    private void requireVisible() throws IOException {
        try {
            byte[] read = client.getObjectAsBytes(requests.get(NAME, null)).asByteArray();
            if (!Arrays.equals(read, CONTENT)) {
                throw new StoreAccessException(settings.place() + " did not return what was put as " + NAME
                        + "; remove it if another program has written it");
            }
            if (client.listObjectsV2(requests.list(NAME, null)).contents().isEmpty()) {
                throw notAtOnce("listed");
            }
        } catch (NoSuchKeyException e) {
            throw notAtOnce("read");
        } catch (SdkException e) {
            throw failures.translate(NAME, e);
        }
    }

    private void requireChecks() throws IOException {
        if (settings.acceptsUncheckedWrites()) {
            return;
        }
        String name = NAME + "-" + UUID.randomUUID();
        if (refusesDamaged(name)) {
            return;
        }
        remove(name);
        throw lacks("checksums of what is put", "acceptUncheckedWrites()");
    }

    private boolean refusesDamaged(String name) throws IOException {
        try {
            client.putObject(requests.putClaiming(name, CONTENT.length, WRONG_CRC32), RequestBody.fromBytes(CONTENT));
            return false;
        } catch (AwsServiceException e) {
            if (e.statusCode() == 400) {
                return true;
            }
            if (isUnsupported(e)) {
                return false;
            }
            throw failures.translate(NAME, e);
        } catch (SdkException e) {
            throw failures.translate(NAME, e);
        }
    }

    private void remove(String name) {
        try {
            client.deleteObject(requests.delete(name));
        } catch (SdkException e) {
            // A few bytes stay that no list shows; what the service lacks is reported all the same.
            LOG.debug("{} could not be removed from {}", name, settings.place(), e);
        }
    }

    private Outcome put(PutObjectRequest request) throws IOException {
        try {
            client.putObject(request, RequestBody.fromBytes(CONTENT));
            return Outcome.STORED;
        } catch (AwsServiceException e) {
            if (e.statusCode() == 412) {
                return Outcome.TAKEN;
            }
            if (isUnsupported(e)) {
                return Outcome.UNSUPPORTED;
            }
            throw failures.translate(NAME, e);
        } catch (SdkException e) {
            throw failures.translate(NAME, e);
        }
    }

    private static boolean isUnsupported(AwsServiceException e) {
        return e.statusCode() == 501 || (e.statusCode() == 400 && UNSUPPORTED.contains(S3Failures.code(e)));
    }

    private StoreAccessException lacks(String what, String without) {
        return new StoreAccessException(settings.place() + " does not honour " + what
                + ", so nothing is written; use a service that does, or build the store with " + without
                + " after reading what is lost then");
    }

    private StoreAccessException notAtOnce(String how) {
        return new StoreAccessException(settings.place() + " does not let an object be " + how
                + " as soon as it is stored, so nothing is written; use a service that does");
    }

    private enum Outcome {
        STORED,
        TAKEN,
        UNSUPPORTED
    }
}
