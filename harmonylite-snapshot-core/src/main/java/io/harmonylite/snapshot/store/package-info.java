/**
 * Where snapshots are kept: one small interface over named, immutable objects, and the stores of the core module.
 *
 * <p>{@link io.harmonylite.snapshot.store.SnapshotStore} lists the obligations S1 to S9 that every store keeps. A store
 * knows nothing of snapshots: names go in, bytes come out. Its exceptions are checked, all of them
 * {@link java.io.IOException}s, and each says what the caller does next; a plain {@code IOException} means that the
 * store could not be reached, and that trying again may help.
 *
 * <p>{@link io.harmonylite.snapshot.store.FileSystemSnapshotStore} keeps objects as files,
 * {@link io.harmonylite.snapshot.store.RetryingSnapshotStore} adds retries to any store, and
 * {@link io.harmonylite.snapshot.store.ForwardingSnapshotStore} is the base of such decorators.
 */
@NullMarked
package io.harmonylite.snapshot.store;

import org.jspecify.annotations.NullMarked;
