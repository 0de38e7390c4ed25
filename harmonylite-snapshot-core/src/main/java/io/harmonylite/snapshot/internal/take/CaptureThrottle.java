package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * The rate limit for copying pages out of the live database. Immutable.
 *
 * @param bytesPerSecond maximum rate; null for no limit
 * @param walBytes size of the WAL file, in bytes, above which the rest of the copy is not throttled
 */
public record CaptureThrottle(@Nullable Long bytesPerSecond, long walBytes) {

    /** Returns a setting without a limit. */
    public static CaptureThrottle none() {
        return new CaptureThrottle(null, Long.MAX_VALUE);
    }

    /**
     * Returns the throttle for one copy; null for no limit. Only WAL mode is throttled: in the other modes writers wait
     * for the copy.
     */
    @Nullable
    Throttle in(String journalMode) {
        return bytesPerSecond == null || !journalMode.equals("wal") ? null : Throttle.of(bytesPerSecond);
    }
}
