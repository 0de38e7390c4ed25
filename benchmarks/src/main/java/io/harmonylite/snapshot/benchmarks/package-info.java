/** JMH benchmarks of what is pure CPU or one small operation; whole takes and restores are measured by the harness. */
@NullMarked
package io.harmonylite.snapshot.benchmarks;

import org.jspecify.annotations.NullMarked;
