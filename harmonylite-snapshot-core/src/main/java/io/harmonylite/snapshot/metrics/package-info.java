/**
 * Meters for Micrometer. This is the only package that needs {@code io.micrometer:micrometer-core}, an optional
 * dependency: a host that does not use it needs no Micrometer.
 */
@NullMarked
package io.harmonylite.snapshot.metrics;

import org.jspecify.annotations.NullMarked;
