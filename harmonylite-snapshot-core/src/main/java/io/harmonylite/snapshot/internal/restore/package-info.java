/**
 * Restores and verifies snapshots in stages: Select, Fetch, Verify, Stage, Install. The live database is touched only
 * after every digest and SQLite's check have confirmed the staged image. {@link
 * io.harmonylite.snapshot.internal.restore.RestorePipeline} connects the stages; {@link
 * io.harmonylite.snapshot.internal.restore.Verification} stops before the last two.
 */
@NullMarked
package io.harmonylite.snapshot.internal.restore;

import org.jspecify.annotations.NullMarked;
