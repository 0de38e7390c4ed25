/** Learns the facts of a health. What cannot be reached becomes a fact too, and never an exception. */
@NullMarked
package io.harmonylite.snapshot.internal.health;

import org.jspecify.annotations.NullMarked;
