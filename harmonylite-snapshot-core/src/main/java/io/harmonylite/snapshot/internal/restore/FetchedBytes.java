package io.harmonylite.snapshot.internal.restore;

/**
 * Origin of the pages of a fetched image.
 *
 * @param fetched bytes read from the store
 * @param reused bytes of pages taken from the replaced database
 */
public record FetchedBytes(long fetched, long reused) {}
