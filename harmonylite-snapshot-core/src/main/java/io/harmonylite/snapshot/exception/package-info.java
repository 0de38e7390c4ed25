/**
 * What the manager and the repository throw: one unchecked tree under
 * {@link io.harmonylite.snapshot.exception.SnapshotException}. A type is named after what to do next.
 *
 * <table>
 * <caption>What to do next</caption>
 * <tr><td>try again</td><td>{@link io.harmonylite.snapshot.exception.StoreUnavailableException},
 * {@link io.harmonylite.snapshot.exception.StreamUnavailableException}</td></tr>
 * <tr><td>choose another snapshot</td><td>{@link io.harmonylite.snapshot.exception.CorruptSnapshotException},
 * {@link io.harmonylite.snapshot.exception.SnapshotNotFoundException}</td></tr>
 * <tr><td>look at the path</td><td>{@link io.harmonylite.snapshot.exception.DatabaseNotFoundException},
 * {@link io.harmonylite.snapshot.exception.DatabaseDamagedException}</td></tr>
 * <tr><td>find out what happened to the stream</td><td>
 * {@link io.harmonylite.snapshot.exception.OutOfSequenceException}</td></tr>
 * <tr><td>follow the message's advice on the sequence map</td><td>
 * {@link io.harmonylite.snapshot.exception.CorruptSequenceMapException}</td></tr>
 * <tr><td>start again from the positions</td><td>
 * {@link io.harmonylite.snapshot.exception.RestoredMeanwhileException}</td></tr>
 * <tr><td>upgrade</td><td>{@link io.harmonylite.snapshot.exception.UnsupportedFormatException}</td></tr>
 * <tr><td>fix the set-up</td><td>{@link io.harmonylite.snapshot.exception.SnapshotConfigurationException}</td></tr>
 * <tr><td>restore by swap instead</td>
 * <td>{@link io.harmonylite.snapshot.exception.OnlineRestoreRefusedException}</td></tr>
 * <tr><td>free space</td><td>{@link io.harmonylite.snapshot.exception.InsufficientSpaceException}</td></tr>
 * <tr><td>find out</td><td>{@link io.harmonylite.snapshot.exception.IndeterminateCommitException}</td></tr>
 * <tr><td>wait</td><td>{@link io.harmonylite.snapshot.exception.SnapshotInProgressException},
 * {@link io.harmonylite.snapshot.exception.DatabaseInUseException},
 * {@link io.harmonylite.snapshot.exception.SequenceMapInUseException}</td></tr>
 * <tr><td>decide, as a person</td><td>{@link io.harmonylite.snapshot.exception.SchemaMismatchException},
 * {@link io.harmonylite.snapshot.exception.StreamGapException},
 * {@link io.harmonylite.snapshot.exception.StreamResetException},
 * {@link io.harmonylite.snapshot.exception.PositionsLostException},
 * {@link io.harmonylite.snapshot.exception.UnknownPositionsException},
 * {@link io.harmonylite.snapshot.exception.ChangeRefusedException}</td></tr>
 * <tr><td>publish, wait, or say what should become of them</td><td>
 * {@link io.harmonylite.snapshot.exception.UnpublishedChangesException}</td></tr>
 * <tr><td>nothing: it was asked for</td><td>{@link io.harmonylite.snapshot.exception.SnapshotInterruptedException}</td>
 * </tr>
 * </table>
 */
@NullMarked
package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.NullMarked;
