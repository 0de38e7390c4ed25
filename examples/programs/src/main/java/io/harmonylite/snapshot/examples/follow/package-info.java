/** A JVM service that reads from a HarmonyLite cluster: {@link HarmonyLiteReader}. */
@NullMarked
package io.harmonylite.snapshot.examples.follow;

import org.jspecify.annotations.NullMarked;
