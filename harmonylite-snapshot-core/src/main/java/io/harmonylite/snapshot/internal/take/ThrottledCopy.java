package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.sqlite.CopyProgress;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Throttles one copy until the thread is interrupted or the WAL file has become too large. SQLite then runs the rest of
 * the copy at full speed. Used by one thread.
 */
final class ThrottledCopy implements CopyProgress {

    private static final Logger LOG = LoggerFactory.getLogger(ThrottledCopy.class);

    private final CopyProgress listener;
    private final Throttle throttle;
    private final LongSupplier walBytes;
    private final long maxWalBytes;
    private long copied;
    private boolean over;

    ThrottledCopy(CopyProgress listener, Throttle throttle, LongSupplier walBytes, long maxWalBytes) {
        this.listener = listener;
        this.throttle = throttle;
        this.walBytes = walBytes;
        this.maxWalBytes = maxWalBytes;
    }

    @Override
    public void copied(long bytes, long all) {
        listener.copied(bytes, all);
        if (!over && bytes < all) {
            over = isWalTooLarge();
            throttle(bytes - copied);
        }
        copied = bytes;
    }

    private boolean isWalTooLarge() {
        try {
            boolean isTooLarge = walBytes.getAsLong() > maxWalBytes;
            if (isTooLarge) {
                LOG.info("The WAL file has grown beyond {} bytes; the rest of the copy is not throttled", maxWalBytes);
            }
            return isTooLarge;
        } catch (UncheckedIOException e) {
            LOG.warn("The size of the WAL file cannot be read; the rest of the copy is not throttled", e);
            return true;
        }
    }

    private void throttle(long bytes) {
        if (over) {
            return;
        }
        try {
            throttle.passed(bytes);
        } catch (InterruptedIOException e) {
            over = true; // The interrupt flag stays set and ends the take after the copy.
        }
    }
}
