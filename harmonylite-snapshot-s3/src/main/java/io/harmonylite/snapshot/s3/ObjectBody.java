package io.harmonylite.snapshot.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of a get. It ends after the announced number of bytes, or fails with a plain {@link IOException}, because
 * the rest can be requested again. The client compares the checksum of a whole object before the last bytes. Not
 * thread-safe.
 */
final class ObjectBody extends InputStream {

    private final ResponseInputStream<GetObjectResponse> in;
    private final S3Failures failures;
    private final String what;
    private long left;

    ObjectBody(ResponseInputStream<GetObjectResponse> in, S3Failures failures, String what, long length) {
        this.in = in;
        this.failures = failures;
        this.what = what;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int count = fetch(buffer, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new IOException("the connection broke " + left + " bytes before the end of " + what);
        }
        left -= count;
        if (left == 0) {
            requireEnd();
        }
        return count;
    }

    /** Reads the end of the body, at which the client compares the checksum. */
    private void requireEnd() throws IOException {
        if (fetch(new byte[1], 0, 1) >= 0) {
            throw new IOException("the service sent more bytes of " + what + " than it announced");
        }
    }

    private int fetch(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (SdkException e) {
            throw failures.translate(what, e);
        } catch (IOException e) {
            throw failures.broken(what, e);
        }
    }

    /** Closes the body; aborts one that was not read to its end, because closing would fetch the rest. */
    @Override
    public void close() throws IOException {
        if (left > 0) {
            in.abort();
        }
        in.close();
    }
}
