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
 * Tests the capabilities on which the store's obligations depend. Sends four small requests, or five the first time:
 *
 * <ol>
 *   <li>{@value #NAME} is put if absent; if that stores it, a second such put must be rejected
 *   <li>the object must then be readable, and listed
 *   <li>a put with a wrong checksum must be rejected
 * </ol>
 *
 * <p>The object stays, so that no permission to delete is needed and the next process finds it. Its name is not a valid
 * name of a store's object. Immutable and thread-safe.
 */
final class CapabilityProbe {

    /** Name of the probe's object below the store's prefix. */
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

    /** Runs the probe and returns how objects are to be put. Throws if a required capability is missing. */
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
            throw unsupported("conditional writes (If-None-Match: *)", "unconditional writes");
        }
        LOG.warn("{} does not support conditional writes; continuing, as configured", settings.place());
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
                throw new StoreAccessException(settings.place() + " returned other bytes than were put as " + NAME
                        + "; remove that object if another program wrote it");
            }
            if (client.listObjectsV2(requests.list(NAME, null)).contents().isEmpty()) {
                throw notVisible("listed");
            }
        } catch (NoSuchKeyException e) {
            throw notVisible("read");
        } catch (SdkException e) {
            throw failures.translate(NAME, e);
        }
    }

    private void requireChecks() throws IOException {
        if (settings.acceptsUncheckedWrites()) {
            return;
        }
        String name = NAME + "-" + UUID.randomUUID();
        if (rejectsDamaged(name)) {
            return;
        }
        remove(name);
        throw unsupported("checksums of puts", "unchecked writes");
    }

    private boolean rejectsDamaged(String name) throws IOException {
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
            // A few bytes remain that no listing shows; the missing capability is reported in any case.
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

    private StoreAccessException unsupported(String what, String weaker) {
        return new StoreAccessException(settings.place() + " does not support " + what
                + ", so nothing is written; use a service that does, or accept " + weaker
                + " in the options of the store"
                + " after reading which guarantee that gives up");
    }

    private StoreAccessException notVisible(String how) {
        return new StoreAccessException(settings.place() + " does not let an object be " + how
                + " as soon as it is stored, so nothing is written; use a service that does");
    }

    private enum Outcome {
        STORED,
        TAKEN,
        UNSUPPORTED
    }
}
