/** Services that pipelines share: the host's executor, clock and listener, and the seam over file operations. */
@NullMarked
package io.harmonylite.snapshot.internal.runtime;

import org.jspecify.annotations.NullMarked;
