/**
 * Recovery: decides before a host starts whether it continues, replays messages, restores a snapshot first, or stops
 * because a person must decide.
 *
 * <p>{@link io.harmonylite.snapshot.recovery.RecoveryPlan} is the decision: a pure function of the state of the database,
 * the streams and the snapshots, and of the host's {@link io.harmonylite.snapshot.recovery.RecoveryOptions}.
 *
 * <p>Let <em>P</em> be a position, <em>F</em> the first and <em>L</em> the last sequence of a stream, and <em>S</em>
 * the sequence that it began with: 1, or the configured {@code first_seq}. The position <em>covers</em> the stream if it
 * belongs to the current stream, {@code P <= L}, the stream dropped no message after it ({@code F <= P + 1}, or P is 0
 * and F is S), and none after it was deleted inside the stream, unless the streams {@linkplain
 * io.harmonylite.snapshot.stream.Streams#areDeletedMessagesAllowed allow} that. Then the stream still holds every
 * message after it. The history is <em>complete</em> if position 0 covers. A snapshot covers if its positions cover every stream that the host
 * follows. A stream that the snapshot does not name counts as position 0; a snapshot without positions never covers.
 * For each stream the first row that applies decides:
 *
 * <table>
 * <caption>Decisions</caption>
 * <tr><td>0</td><td>the database is missing or has 0 bytes; or the map does not belong to it</td><td>recorded positions are
 * ignored</td></tr>
 * <tr><td></td><td>the database is damaged</td><td>{@code DATABASE_DAMAGED}; treated as missing if the host allows it
 * to be replaced</td></tr>
 * <tr><td>1</td><td>the stream is missing</td><td>{@code STREAM_RESET} if a position or a snapshot names it, otherwise
 * a {@link io.harmonylite.snapshot.exception.SnapshotConfigurationException}</td></tr>
 * <tr><td>2</td><td>P belongs to another identity; or there is no P, and all snapshots that name the stream have
 * another identity</td><td>{@code STREAM_RESET}</td></tr>
 * <tr><td>3</td><td>P covers</td><td>{@code REPLAY} from P + 1; {@code UP_TO_DATE} if P = L; {@code RESTORE} if P lags
 * more than the host allows and a covering snapshot is ahead in this stream and behind in none</td></tr>
 * <tr><td>4</td><td>no stream has a usable position, this stream has had messages, and the database holds rows</td><td>
 * {@code POSITIONS_LOST}, unless the host allows existing rows to be replaced</td></tr>
 * <tr><td>4a</td><td>as in row 4, but the rows are those of a restored snapshot without positions, and the history is
 * complete</td><td>{@code REPLAY} from S; {@code UP_TO_DATE} if the stream is empty</td></tr>
 * <tr><td>5</td><td>a snapshot covers; and P is known, or the history is not complete, or the database holds no rows</td><td>
 * {@code RESTORE}</td></tr>
 * <tr><td>6</td><td>there is no P, and the history is complete</td><td>{@code REPLAY} from S; {@code UP_TO_DATE} if the stream is
 * empty</td></tr>
 * <tr><td>7</td><td>otherwise</td><td>{@code GAP}</td></tr>
 * </table>
 *
 * <p>The plan for all streams has the worst outcome of any stream. A sequence that the current stream has not reached
 * was assigned by another stream: it has another identity, in the sequence map as in a snapshot.
 */
@NullMarked
package io.harmonylite.snapshot.recovery;

import org.jspecify.annotations.NullMarked;
