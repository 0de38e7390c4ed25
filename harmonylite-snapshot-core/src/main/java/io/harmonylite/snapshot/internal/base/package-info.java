/** What the public values and exceptions need themselves: checks of names, times in names. Depends on no other package. */
@NullMarked
package io.harmonylite.snapshot.internal.base;

import org.jspecify.annotations.NullMarked;
