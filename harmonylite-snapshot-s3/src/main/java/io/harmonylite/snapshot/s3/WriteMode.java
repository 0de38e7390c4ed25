package io.harmonylite.snapshot.s3;

/** How objects are put. */
enum WriteMode {
    /** {@code If-None-Match: *}: the service decides, atomically. */
    CONDITIONAL,
    /** Look first, then put: of two writers of one name at one time the later wins. */
    UNCONDITIONAL
}
