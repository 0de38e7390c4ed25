/** A service that takes snapshots in the background: {@link WatchedService}. */
@NullMarked
package io.harmonylite.snapshot.examples.watched;

import org.jspecify.annotations.NullMarked;
