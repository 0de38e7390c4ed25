/** Restores, verifies and exports HarmonyLite's own snapshots. */
@NullMarked
package io.harmonylite.snapshot.internal.harmonylite;

import org.jspecify.annotations.NullMarked;
