/**
 * Contract suites for implementations of this library's interfaces, and test doubles: a store and streams in memory, and
 * stores with hooks and faults.
 */
@NullMarked
package io.harmonylite.snapshot.testing;

import org.jspecify.annotations.NullMarked;
