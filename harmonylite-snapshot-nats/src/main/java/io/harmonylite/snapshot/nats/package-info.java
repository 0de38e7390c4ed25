/**
 * Streams, feeds, stores and leases on NATS JetStream.
 *
 * <p>{@link io.harmonylite.snapshot.nats.NatsStreams} reads the states of streams, {@link
 * io.harmonylite.snapshot.nats.NatsFeed} applies their messages, and {@link
 * io.harmonylite.snapshot.nats.NatsStreamPurge} trims them. {@link io.harmonylite.snapshot.nats.NatsSnapshotStore}
 * stores snapshots in object-store buckets, and {@link io.harmonylite.snapshot.nats.NatsLease} lets one node at a time
 * take them. The host passes an open connection, which is never closed. {@link
 * io.harmonylite.snapshot.nats.NatsHarmonyLiteSnapshot}, {@link io.harmonylite.snapshot.nats.HarmonyLiteLease} and
 * {@link io.harmonylite.snapshot.nats.HarmonyLiteShards} work with a HarmonyLite cluster.
 */
@NullMarked
package io.harmonylite.snapshot.nats;

import org.jspecify.annotations.NullMarked;
