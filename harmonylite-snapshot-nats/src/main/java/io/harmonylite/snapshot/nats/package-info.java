/** Streams and stores on NATS JetStream. */
@NullMarked
package io.harmonylite.snapshot.nats;

import org.jspecify.annotations.NullMarked;
