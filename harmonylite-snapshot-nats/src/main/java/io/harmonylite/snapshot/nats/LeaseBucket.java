package io.harmonylite.snapshot.nats;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The bucket that keeps leases, their duration, and the monotonic clock that ends them. Immutable. */
record LeaseBucket(JetStreamApi api, String name, Duration duration, LongSupplier nanoTime) {

    String stream() {
        return LeaseSetup.streamOf(name);
    }

    /** Returns the subject of a name's key, for reading. Escapes dots, which would split the key into tokens. */
    String subject(String leased) {
        return "$KV." + name + "." + leased.replace(".", "=2E");
    }
}
