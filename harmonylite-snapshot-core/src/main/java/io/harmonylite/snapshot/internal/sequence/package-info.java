/**
 * The rules of counting, the tables of a {@link io.harmonylite.snapshot.sequence.TableSequenceMap}, and the operations
 * of takes, restores and recovery on a {@link io.harmonylite.snapshot.sequence.SequenceMap}.
 */
@NullMarked
package io.harmonylite.snapshot.internal.sequence;

import org.jspecify.annotations.NullMarked;
