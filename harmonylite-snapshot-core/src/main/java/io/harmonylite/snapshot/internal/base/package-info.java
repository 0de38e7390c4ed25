/** What every package may need: checks of names, times in names, work that may throw an {@link java.io.IOException}. Depends
 * on no other package. */
@NullMarked
package io.harmonylite.snapshot.internal.base;

import org.jspecify.annotations.NullMarked;
