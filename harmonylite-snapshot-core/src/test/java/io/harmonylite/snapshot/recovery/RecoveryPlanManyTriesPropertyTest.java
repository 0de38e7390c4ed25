package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.internal.recovery.RecoveryPlanPropertyTest;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Tag;

/** The properties of {@link RecoveryPlanPropertyTest}, for many more random situations. */
@Tag("slow")
@PropertyDefaults(tries = 100_000)
class RecoveryPlanManyTriesPropertyTest extends RecoveryPlanPropertyTest {}
