/** Example programs. */
@NullMarked
package io.harmonylite.snapshot.examples;

import org.jspecify.annotations.NullMarked;
