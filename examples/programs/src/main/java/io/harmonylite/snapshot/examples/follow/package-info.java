/** A JVM service beside a HarmonyLite cluster: {@link io.harmonylite.snapshot.examples.follow.HarmonyLiteReader}. */
@NullMarked
package io.harmonylite.snapshot.examples.follow;

import org.jspecify.annotations.NullMarked;
