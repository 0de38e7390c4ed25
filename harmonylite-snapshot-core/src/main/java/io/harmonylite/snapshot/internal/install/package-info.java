/** The database at a path: looks at it, locks it, holds it exclusively and replaces it, by swap or online. */
@NullMarked
package io.harmonylite.snapshot.internal.install;

import org.jspecify.annotations.NullMarked;
