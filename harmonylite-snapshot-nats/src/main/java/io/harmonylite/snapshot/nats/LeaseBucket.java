package io.harmonylite.snapshot.nats;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Where leases are kept.
 *
 * @param api the way there
 * @param name the bucket
 * @param duration how long a lease lasts that is not renewed
 * @param nanoTime the monotonic clock that ends them
 */
record LeaseBucket(JetStreamApi api, String name, Duration duration, LongSupplier nanoTime) {

    String stream() {
        return LeaseSetup.streamOf(name);
    }

    /** The subject of a name's key, for reading. Dots would make several tokens of it, empty ones even. */
    String subject(String leased) {
        return "$KV." + name + "." + leased.replace(".", "=2E");
    }
}
