/**
 * How fast the library is, against what the machine can do and what the original does, all measured in one run.
 *
 * <p>{@link io.harmonylite.snapshot.benchmarks.harness.Harness} generates databases, runs every
 * {@link io.harmonylite.snapshot.benchmarks.harness.Operation} several times, alternating, each time in a child process
 * of its own ({@link io.harmonylite.snapshot.benchmarks.harness.MeasuredRun}), and writes medians, spread and ratios as
 * Markdown, JSON and a plot.
 */
@NullMarked
package io.harmonylite.snapshot.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
