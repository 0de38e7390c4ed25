/** Contract suites that every implementation passes. */
@NullMarked
package io.harmonylite.snapshot.testing;

import org.jspecify.annotations.NullMarked;
