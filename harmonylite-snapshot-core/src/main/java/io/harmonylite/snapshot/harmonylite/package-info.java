/**
 * A good neighbour of HarmonyLite: its snapshots are read and written, its change messages applied, its change logs carried
 * over a restore. Everything that is particular to it is here; formats and faults are those of the program at commit {@code
 * bbfbaa7}.
 *
 * <p>{@link io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource} and {@link
 * io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink} are where its one snapshot lies: a file here, its NATS bucket
 * and its S3 key in the modules for those.
 */
@NullMarked
package io.harmonylite.snapshot.harmonylite;

import org.jspecify.annotations.NullMarked;
