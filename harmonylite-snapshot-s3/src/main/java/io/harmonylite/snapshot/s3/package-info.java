/**
 * Keeps snapshots on S3 and on services that speak its protocol.
 *
 * <p>{@link io.harmonylite.snapshot.s3.S3SnapshotStore} is the store; the host passes it a client of the AWS SDK. All of
 * the SDK's exceptions are translated in one file, and no message holds a credential.
 */
@NullMarked
package io.harmonylite.snapshot.s3;

import org.jspecify.annotations.NullMarked;
