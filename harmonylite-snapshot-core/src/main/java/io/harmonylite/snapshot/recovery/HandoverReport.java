package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.Positions;

/**
 * Result of a handover check: HarmonyLite can be started. Immutable.
 *
 * @param positions positions at which HarmonyLite continues; each is the end of its stream
 * @param pendingChanges number of changes that are not yet published. HarmonyLite publishes them when it starts; messages
 *     of other nodes that arrive before that are lost (fault D4)
 */
public record HandoverReport(Positions positions, long pendingChanges) {}
