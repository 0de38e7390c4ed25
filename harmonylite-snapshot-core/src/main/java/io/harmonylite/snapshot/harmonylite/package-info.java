/**
 * A good neighbour of HarmonyLite: its snapshots are read and written, its change messages applied, its change logs carried
 * over a restore. Everything that is particular to it is here; formats and faults are those of the program at commit {@code
 * bbfbaa7}.
 *
 * <p>{@link io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource} and {@link
 * io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink} are where its one snapshot lies: a file here, its NATS bucket
 * and its S3 key in the modules for those. {@link io.harmonylite.snapshot.SnapshotManager} restores from the one, {@link
 * io.harmonylite.snapshot.SnapshotRepository} verifies it, and exports to the other.
 *
 * <p>{@link io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier} applies the messages of its streams, which {@link
 * io.harmonylite.snapshot.harmonylite.ChangeMessage} reads. {@link io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges}
 * tells of rows in its change logs that are not published.
 */
@NullMarked
package io.harmonylite.snapshot.harmonylite;

import org.jspecify.annotations.NullMarked;
