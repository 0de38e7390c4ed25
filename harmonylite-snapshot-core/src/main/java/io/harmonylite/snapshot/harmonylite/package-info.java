/**
 * Interoperability with HarmonyLite: reads and writes its snapshots, applies its change messages, and carries its
 * change logs over a restore. The formats and faults are those of the program at commit {@code bbfbaa7}.
 *
 * <p>{@link io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource} and {@link
 * io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink} represent the location of its single snapshot: a file in
 * this module, its NATS bucket and its S3 key in the modules for NATS and S3. {@link
 * io.harmonylite.snapshot.SnapshotManager} restores from a source. {@link io.harmonylite.snapshot.SnapshotRepository}
 * verifies a source and exports to a sink.
 *
 * <p>{@link io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier} applies the messages of its streams, which {@link
 * io.harmonylite.snapshot.harmonylite.ChangeMessage} decodes. {@link
 * io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges} finds and transfers the pending rows of its change logs.
 */
@NullMarked
package io.harmonylite.snapshot.harmonylite;

import org.jspecify.annotations.NullMarked;
