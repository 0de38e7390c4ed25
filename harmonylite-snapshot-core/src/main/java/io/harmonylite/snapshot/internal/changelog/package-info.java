/** Reads, transfers and removes pending changes: HarmonyLite's change logs and the outbox tables of hosts. */
@NullMarked
package io.harmonylite.snapshot.internal.changelog;

import org.jspecify.annotations.NullMarked;
