/** JMH benchmarks. */
@NullMarked
package io.harmonylite.snapshot.benchmarks;

import org.jspecify.annotations.NullMarked;
