/**
 * Stores snapshots on Amazon S3 and on services that implement its protocol.
 *
 * <p>{@link io.harmonylite.snapshot.s3.S3SnapshotStore} is the store; the host passes it a client of the AWS SDK.
 * {@link io.harmonylite.snapshot.s3.S3HarmonyLiteSnapshot} reads and replaces the snapshot of a HarmonyLite cluster.
 * All exceptions of the SDK are translated into those of {@link io.harmonylite.snapshot.store}, and no message contains
 * a credential.
 */
@NullMarked
package io.harmonylite.snapshot.s3;

import org.jspecify.annotations.NullMarked;
