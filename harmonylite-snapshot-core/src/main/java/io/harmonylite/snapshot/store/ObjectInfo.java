package io.harmonylite.snapshot.store;

import java.time.Instant;

/**
 * Properties of a stored object. Immutable.
 *
 * @param name name of the object
 * @param size length in bytes
 * @param lastModified time at which it was stored, by the store's own clock
 */
public record ObjectInfo(String name, long size, Instant lastModified) {}
