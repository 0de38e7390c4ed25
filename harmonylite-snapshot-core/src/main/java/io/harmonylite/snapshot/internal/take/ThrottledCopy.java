package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.sqlite.CopyProgress;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows one copy down, until it is interrupted or the log has become too large: SQLite goes to the end of the copy then, and as
 * fast as can be. Used by one thread.
 */
final class ThrottledCopy implements CopyProgress {

    private static final Logger LOG = LoggerFactory.getLogger(ThrottledCopy.class);

    private final CopyProgress told;
    private final Throttle throttle;
    private final LongSupplier walBytes;
    private final long mostWalBytes;
    private long copied;
    private boolean over;

    ThrottledCopy(CopyProgress told, Throttle throttle, LongSupplier walBytes, long mostWalBytes) {
        this.told = told;
        this.throttle = throttle;
        this.walBytes = walBytes;
        this.mostWalBytes = mostWalBytes;
    }

    @Override
    public void copied(long bytes, long all) {
        told.copied(bytes, all);
        if (!over && bytes < all) {
            over = isLogTooLarge();
            pass(bytes - copied);
        }
        copied = bytes;
    }

    private boolean isLogTooLarge() {
        try {
            boolean isTooLarge = walBytes.getAsLong() > mostWalBytes;
            if (isTooLarge) {
                LOG.info("The log has grown beyond {} bytes: the copy is throttled no longer", mostWalBytes);
            }
            return isTooLarge;
        } catch (UncheckedIOException e) {
            LOG.warn("The size of the log cannot be told: the copy is throttled no longer", e);
            return true;
        }
    }

    private void pass(long bytes) {
        if (over) {
            return;
        }
        try {
            throttle.passed(bytes);
        } catch (InterruptedIOException e) {
            over = true; // The interrupt is kept, and ends the take when the copy has ended.
        }
    }
}
