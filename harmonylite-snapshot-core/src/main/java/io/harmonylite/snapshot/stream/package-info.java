/**
 * The states of message streams, independent of the client that reads them: {@link
 * io.harmonylite.snapshot.stream.Streams}. The NATS module implements it with JetStream; a host may provide its own
 * implementation.
 *
 * <p>Streams and sequences have JetStream's semantics: a stream numbers its messages, from 1 unless it was created
 * with another first sequence, keeps a window of them, and never assigns a sequence twice during its life.
 */
@NullMarked
package io.harmonylite.snapshot.stream;

import org.jspecify.annotations.NullMarked;
