/**
 * What the library needs to know of message streams, whoever carries them: {@link io.harmonylite.snapshot.stream.Streams}
 * tells their states. The module for NATS implements it over JetStream; a host may bring its own.
 *
 * <p>Streams and sequences are JetStream's: a stream numbers its messages from 1, keeps a window of them, and never
 * numbers two messages alike as long as it lives.
 */
@NullMarked
package io.harmonylite.snapshot.stream;

import org.jspecify.annotations.NullMarked;
