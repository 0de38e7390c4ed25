/**
 * Changes that a node has made and not published yet. They are in its database and in no stream, so that a snapshot would
 * hold them without its positions saying so, and a restore would lose them with the file it replaces.
 *
 * <p>A host that has such tells by {@link io.harmonylite.snapshot.change.LocalChanges}: a take then waits for a state in
 * which there are none, and a restore carries them over. {@link io.harmonylite.snapshot.change.OutboxTable} is for hosts
 * that write down what is to be published in a table.
 */
@NullMarked
package io.harmonylite.snapshot.change;

import org.jspecify.annotations.NullMarked;
