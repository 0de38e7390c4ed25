package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.prune.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The store's time, by which the age of snapshots is told. The store is asked once an hour; in between the host's clock goes
 * on from there, so that it does not matter how far that is off. Used by one thread at a time.
 */
public final class StoreTime {

    private static final Duration LONGEST = Duration.ofHours(1);

    private final StoreClock store;
    private final InstantSource host;
    private @Nullable Instant askedAt;
    private Duration ahead = Duration.ZERO;

    /** The time of a store, asked by one thread at a time. */
    public StoreTime(StoreClock store, InstantSource host) {
        this.store = store;
        this.host = host;
    }

    /** What time it is in the store. */
    Instant now() {
        Instant present = host.instant();
        if (askedAt == null || Duration.between(askedAt, present).abs().compareTo(LONGEST) > 0) {
            ahead = Duration.between(present, StoreFailures.calling(store::now));
            askedAt = present;
        }
        return present.plus(ahead);
    }
}
