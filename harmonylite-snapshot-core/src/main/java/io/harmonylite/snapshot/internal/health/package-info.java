/** Gathers the facts about health. A failure to read something is a fact too, never an exception. */
@NullMarked
package io.harmonylite.snapshot.internal.health;

import org.jspecify.annotations.NullMarked;
