/**
 * Services that the pipelines share: executor, clock, listener, file operations, scratch directories and free space.
 */
@NullMarked
package io.harmonylite.snapshot.internal.runtime;

import org.jspecify.annotations.NullMarked;
