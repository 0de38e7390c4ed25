/**
 * Restoring and verifying: Select, Fetch, Verify, Stage, Install. Nothing live is touched before every digest and SQLite
 * itself have agreed to the staged image; {@link io.harmonylite.snapshot.internal.restore.RestorePipeline} strings the
 * stages together, {@link io.harmonylite.snapshot.internal.restore.Verification} stops before the last two.
 */
@NullMarked
package io.harmonylite.snapshot.internal.restore;

import org.jspecify.annotations.NullMarked;
