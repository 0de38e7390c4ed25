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

/**
 * One put. The client repeats it on its own, so a name that is found taken may have been taken by ourselves: where an
 * attempt before may have stored the object, what is there is read back and compared. Not thread-safe.
 */
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

    /**
     * Sends it.
     *
     * @param stored opens what is stored under the name
     */
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
        IOException ofSource = body.sourceFailure();
        boolean unknown = body.mayBeStored();
        if (failure instanceof ObjectExistsException) {
            if (!unknown || !isOurs(stored)) {
                throw failure;
            }
        } else if (unknown) {
            throw new IndeterminateWriteException(
                    name + " may have been stored, or may be yet: " + failure.getMessage(), failure);
        } else {
            throw ofSource == null ? failure : ofSource;
        }
    }

    private IOException sourceFailureOr(RuntimeException e) {
        IOException ofSource = body.sourceFailure();
        if (ofSource == null) {
            throw e;
        }
        return ofSource;
    }

    private boolean isOurs(Stored stored) throws IOException {
        try (InputStream there = stored.open();
                InputStream own = source.open()) {
            return haveSameBytes(there, own);
        } catch (IOException e) {
            throw new IndeterminateWriteException(
                    name + " exists, and may be ours or another's: it cannot be compared: " + e.getMessage(), e);
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
