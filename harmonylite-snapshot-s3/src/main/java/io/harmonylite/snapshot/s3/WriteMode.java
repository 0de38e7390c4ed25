package io.harmonylite.snapshot.s3;

/** The way in which objects are put. */
enum WriteMode {
    /** Conditional put with {@code If-None-Match: *}: the service decides atomically. */
    CONDITIONAL,
    /** Lookup, then unconditional put: of two writers at the same time, the later one replaces the earlier object. */
    UNCONDITIONAL
}
