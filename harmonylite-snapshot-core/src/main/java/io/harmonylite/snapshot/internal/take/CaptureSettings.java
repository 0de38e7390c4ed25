package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.CaptureMethod;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * How pages are copied out of the live database. Immutable.
 *
 * @param method what copies them
 * @param bytesPerSecond maximum rate; null for no limit
 * @param walBytes size of the WAL file, in bytes, above which the rest of the copy is not throttled
 */
public record CaptureSettings(
        CaptureMethod method, @Nullable Long bytesPerSecond, long walBytes) {

    /**
     * Returns the throttle for one copy; null for no limit. Only WAL mode is throttled: in the other modes writers wait
     * for the copy.
     */
    @Nullable
    Throttle in(String journalMode) {
        return bytesPerSecond == null || !journalMode.equals("wal") ? null : Throttle.of(bytesPerSecond);
    }

    /** Returns whether files are copied, as far as the settings decide it. */
    boolean copiesFiles() {
        return method == CaptureMethod.FILES && bytesPerSecond == null;
    }
}
