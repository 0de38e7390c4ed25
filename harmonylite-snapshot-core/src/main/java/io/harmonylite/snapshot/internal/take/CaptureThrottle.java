package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * How the copy of the pages is slowed down. Immutable.
 *
 * @param bytesPerSecond how fast pages are copied at most; null for as fast as can be
 * @param walBytes how large the log may become before the copy goes on as fast as can be
 */
public record CaptureThrottle(@Nullable Long bytesPerSecond, long walBytes) {

    /** None. */
    public static CaptureThrottle none() {
        return new CaptureThrottle(null, Long.MAX_VALUE);
    }

    /** For one copy; null for as fast as can be, which it is outside of WAL mode: writers wait for it there. */
    @Nullable
    Throttle in(String journalMode) {
        return bytesPerSecond == null || !journalMode.equals("wal") ? null : Throttle.of(bytesPerSecond);
    }
}
