/**
 * Exceptions of the manager and the repository: one unchecked hierarchy under
 * {@link io.harmonylite.snapshot.exception.SnapshotException}. The type says what to do next.
 *
 * <table>
 * <caption>What to do next</caption>
 * <tr><td>try again</td><td>{@link io.harmonylite.snapshot.exception.StoreUnavailableException}, {@link
 * io.harmonylite.snapshot.exception.StreamUnavailableException}</td></tr>
 * <tr><td>choose another snapshot</td><td>{@link io.harmonylite.snapshot.exception.CorruptSnapshotException}, {@link
 * io.harmonylite.snapshot.exception.SnapshotNotFoundException}</td></tr>
 * <tr><td>check the path</td><td>{@link io.harmonylite.snapshot.exception.DatabaseNotFoundException}, {@link
 * io.harmonylite.snapshot.exception.DatabaseDamagedException}</td></tr>
 * <tr><td>find the cause in the state of the stream</td><td>{@link
 * io.harmonylite.snapshot.exception.OutOfSequenceException}</td></tr>
 * <tr><td>follow the message's advice on the sequence map</td><td>{@link
 * io.harmonylite.snapshot.exception.CorruptSequenceMapException}</td></tr>
 * <tr><td>start again from the positions of the map</td><td>{@link
 * io.harmonylite.snapshot.exception.ConcurrentRestoreException}</td></tr>
 * <tr><td>upgrade</td><td>{@link io.harmonylite.snapshot.exception.UnsupportedFormatException}</td></tr>
 * <tr><td>correct the configuration</td><td>{@link
 * io.harmonylite.snapshot.exception.SnapshotConfigurationException}</td></tr>
 * <tr><td>configure the key that it names</td><td>{@link
 * io.harmonylite.snapshot.exception.SnapshotKeyException}</td></tr>
 * <tr><td>restore by swap</td><td>{@link io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException}</td></tr>
 * <tr><td>free space</td><td>{@link io.harmonylite.snapshot.exception.InsufficientSpaceException}</td></tr>
 * <tr><td>list the store to find the outcome</td><td>{@link
 * io.harmonylite.snapshot.exception.IndeterminateCommitException}</td></tr>
 * <tr><td>wait</td><td>{@link io.harmonylite.snapshot.exception.SnapshotInProgressException}, {@link
 * io.harmonylite.snapshot.exception.DatabaseInUseException}, {@link
 * io.harmonylite.snapshot.exception.SequenceMapInUseException}</td></tr>
 * <tr><td>let a person decide</td><td>{@link io.harmonylite.snapshot.exception.SchemaMismatchException}, {@link
 * io.harmonylite.snapshot.recovery.StreamGapException}, {@link
 * io.harmonylite.snapshot.recovery.StreamResetException}, {@link
 * io.harmonylite.snapshot.recovery.PositionsLostException}, {@link
 * io.harmonylite.snapshot.exception.UnknownPositionsException}, {@link
 * io.harmonylite.snapshot.exception.QuarantinedRowsException}, {@link
 * io.harmonylite.snapshot.exception.ChangeRejectedException}</td></tr>
 * <tr><td>publish the pending changes, wait, or choose how to treat them</td><td>{@link
 * io.harmonylite.snapshot.exception.PendingChangesException}</td></tr>
 * <tr><td>nothing: the caller interrupted the thread</td><td>{@link
 * io.harmonylite.snapshot.exception.SnapshotInterruptedException}</td></tr>
 * </table>
 */
@NullMarked
package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.NullMarked;
