package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** One put. If an earlier attempt of the client may have stored the object, the existing object is compared. */
final class S3Put {

    private static final String CONTENT_TYPE = "application/octet-stream";
    private static final int CHUNK = 64 << 10;

    private final S3Client client;
    private final S3Failures failures;
    private final String name;
    private final ObjectSource source;
    private final PutBody body;

    S3Put(S3Client client, S3Failures failures, String name, ObjectSource source) {
        this.client = client;
        this.failures = failures;
        this.name = name;
        this.source = source;
        this.body = new PutBody(name, source);
    }

    /** Sends the put. Throws {@link IndeterminateWriteException} if the object may have been stored. */
    void send(PutObjectRequest request, Stored stored) throws IOException {
        try {
            client.putObject(
                    S3Requests.watched(request, body),
                    RequestBody.fromContentProvider(body, source.length(), CONTENT_TYPE));
        } catch (SdkException e) {
            resolve(failures.translate(name, e), stored);
        } catch (RuntimeException e) {
            throw sourceFailureOr(e);
        }
    }

    private void resolve(IOException failure, Stored stored) throws IOException {
        IOException sourceFailure = body.sourceFailure();
        boolean unknown = body.mayBeStored();
        if (failure instanceof ObjectExistsException) {
            if (!unknown || !isOurs(stored)) {
                throw failure;
            }
        } else if (unknown) {
            throw new IndeterminateWriteException(
                    name + " may have been stored, or may still be stored: " + failure.getMessage(), failure);
        } else {
            throw sourceFailure == null ? failure : sourceFailure;
        }
    }

    private IOException sourceFailureOr(RuntimeException e) {
        IOException sourceFailure = body.sourceFailure();
        if (sourceFailure == null) {
            throw e;
        }
        return sourceFailure;
    }

    private boolean isOurs(Stored stored) throws IOException {
        try (InputStream existing = stored.open();
                InputStream own = source.open()) {
            return haveSameBytes(existing, own);
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    name + " exists and may be another writer's object: it cannot be compared: " + e.getMessage(), e);
        }
    }

    private static boolean haveSameBytes(InputStream one, InputStream other) throws IOException {
        byte[] some = new byte[CHUNK];
        byte[] others = new byte[CHUNK];
        int length;
        do {
            length = one.readNBytes(some, 0, CHUNK);
            if (other.readNBytes(others, 0, CHUNK) != length || !Arrays.equals(some, 0, length, others, 0, length)) {
                return false;
            }
        } while (length > 0);
        return true;
    }

    /** Opens the stored object. */
    @FunctionalInterface
    interface Stored {
        InputStream open() throws IOException;
    }
}
