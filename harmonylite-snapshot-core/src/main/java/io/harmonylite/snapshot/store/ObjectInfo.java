package io.harmonylite.snapshot.store;

import java.time.Instant;

/**
 * What a store knows of an object. Immutable.
 *
 * @param name the object's name
 * @param size its length in bytes
 * @param lastModified when it was stored, by the store's own clock
 */
public record ObjectInfo(String name, long size, Instant lastModified) {}
