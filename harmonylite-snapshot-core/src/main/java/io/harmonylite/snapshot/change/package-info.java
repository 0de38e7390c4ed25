/**
 * Pending changes: changes that a node has made but not yet published. They exist only in its database and in no
 * stream. A snapshot would contain them although its positions do not show it, and a restore would lose them with the
 * replaced file.
 *
 * <p>A host with pending changes provides {@link io.harmonylite.snapshot.change.PendingChanges}. A take then waits until
 * nothing is pending, and a restore carries pending changes over. {@link io.harmonylite.snapshot.change.OutboxTable} is
 * for hosts that record unpublished changes in a table.
 */
@NullMarked
package io.harmonylite.snapshot.change;

import org.jspecify.annotations.NullMarked;
