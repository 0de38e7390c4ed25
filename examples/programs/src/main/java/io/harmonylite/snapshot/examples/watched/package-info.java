/** A service whose snapshots are taken in the background: {@link io.harmonylite.snapshot.examples.watched.WatchedService}. */
@NullMarked
package io.harmonylite.snapshot.examples.watched;

import org.jspecify.annotations.NullMarked;
