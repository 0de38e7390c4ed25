package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The store's time, read once an hour; in between the host's elapsed time is added. Used by one thread at a time. */
public final class StoreTime {

    private static final Duration LONGEST = Duration.ofHours(1);

    private final StoreClock store;
    private final InstantSource host;
    private @Nullable Instant askedAt;
    private Duration ahead = Duration.ZERO;

    public StoreTime(StoreClock store, InstantSource host) {
        this.store = store;
        this.host = host;
    }

    /** Returns the store's time. */
    Instant now() {
        Instant present = host.instant();
        if (askedAt == null || Duration.between(askedAt, present).abs().compareTo(LONGEST) > 0) {
            ahead = Duration.between(present, StoreFailures.calling(store::now));
            askedAt = present;
        }
        return present.plus(ahead);
    }
}
