package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.ObjectSource;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.NonRetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * The body of one put, which the SDK may send several times. An attempt can have stored the object only if its body was
 * sent completely and no response rejected it. Not thread-safe: the SDK works in the caller's thread.
 */
final class PutBody implements ContentStreamProvider, ExecutionInterceptor {

    private final String what;
    private final ObjectSource source;
    private boolean complete;
    private boolean mayBeStored;
    private @Nullable IOException sourceFailure;

    PutBody(String what, ObjectSource source) {
        this.what = what;
        this.source = source;
    }

    /** Begins an attempt. */
    @Override
    public InputStream newStream() {
        if (sourceFailure != null) {
            throw NonRetryableException.create("the source of " + what + " failed", sourceFailure);
        }
        endAttempt();
        try {
            Tracked body = new Tracked(source.open());
            body.finishIfAtEnd();
            return body;
        } catch (IOException e) {
            sourceFailure = e;
            throw new UncheckedIOException(e);
        }
    }

    /** Notes the response to an attempt. */
    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        if (isRejection(context.httpResponse().statusCode())) {
            complete = false;
        }
    }

    /** Returns whether a status proves that the object was not stored, even behind a proxy. */
    private static boolean isRejection(int status) {
        return (status >= 300 && status < 500) || status == 501 || status == 503 || status == 507;
    }

    /** Returns whether one of the attempts so far may have stored the object, or may still store it. */
    boolean mayBeStored() {
        endAttempt();
        return mayBeStored;
    }

    /** Returns the failure of the source; null if the source did not fail. */
    @Nullable
    IOException sourceFailure() {
        return sourceFailure;
    }

    private void endAttempt() {
        mayBeStored |= complete;
        complete = false;
    }

    private final class Tracked extends FilterInputStream {

        private long left = source.length();

        Tracked(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            try {
                int count = in.read(buffer, offset, (int) Math.min(length, left));
                if (count < 0) {
                    throw new EOFException("the source of " + what + " ends " + left + " bytes before its length");
                }
                left -= count;
                finishIfAtEnd();
                return count;
            } catch (IOException e) {
                sourceFailure = e;
                throw e;
            }
        }

        /** Checks the end of the source before the last bytes: a source longer than declared must not be stored. */
        private void finishIfAtEnd() throws IOException {
            if (left > 0) {
                return;
            }
            if (in.read() >= 0) {
                throw new IOException(
                        "the source of " + what + " has more bytes than its length of " + source.length());
            }
            complete = true;
        }

        @Override
        public long skip(long count) throws IOException {
            return Math.max(read(new byte[(int) Math.min(8192, Math.max(count, 0))]), 0);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
