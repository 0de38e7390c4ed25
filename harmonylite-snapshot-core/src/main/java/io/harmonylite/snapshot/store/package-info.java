/**
 * Storage of snapshots: one small interface over named, immutable objects, and the stores of the core module.
 *
 * <p>{@link io.harmonylite.snapshot.store.SnapshotStore} lists the obligations S1 to S9 of every store. A store handles
 * names and bytes only, not snapshots. Its exceptions are checked {@link java.io.IOException}s whose type says what the
 * caller can do. A plain {@code IOException} means that the store could not be reached, and that retrying may help.
 *
 * <p>{@link io.harmonylite.snapshot.store.FileSystemSnapshotStore} stores objects as files, {@link
 * io.harmonylite.snapshot.store.RetryingSnapshotStore} adds retries to any store, and {@link
 * io.harmonylite.snapshot.store.ForwardingSnapshotStore} is the base class of such decorators.
 */
@NullMarked
package io.harmonylite.snapshot.store;

import org.jspecify.annotations.NullMarked;
