/** The operator's tool. */
@NullMarked
package io.harmonylite.snapshot.examples.tool;

import org.jspecify.annotations.NullMarked;
