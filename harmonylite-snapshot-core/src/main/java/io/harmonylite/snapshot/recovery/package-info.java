/**
 * Recovery: whether a host goes on from where it stands, replays what its streams still have, restores a snapshot first,
 * or stops because a person must decide.
 *
 * <p>{@link io.harmonylite.snapshot.recovery.RecoveryPlan#of} is the whole decision, a pure function of a
 * {@link io.harmonylite.snapshot.recovery.RecoverySituation} and the host's
 * {@link io.harmonylite.snapshot.recovery.RecoveryOptions}. It reads nothing and changes nothing.
 *
 * <p>A position <em>P</em> <em>covers</em> a stream whose first message is <em>F</em> and whose last is <em>L</em> where it
 * is of the stream's present identity, {@code F <= P + 1} and {@code P <= L}: then everything after it is still there. A
 * snapshot covers where its positions cover every stream that the host follows; a stream it does not name counts as 0 in
 * it, and one without any positions never covers. For each stream the first row that fits decides:
 *
 * <table>
 * <caption>Decisions</caption>
 * <tr><td>0</td><td>the database is missing or has 0 bytes</td><td>every position counts as none</td></tr>
 * <tr><td></td><td>the database is damaged</td><td>{@code DATABASE_DAMAGED}; as missing, where the host lets it be
 * replaced</td></tr>
 * <tr><td>1</td><td>the stream is missing</td><td>{@code STREAM_RESET} where a position or a snapshot knows it, else a
 * {@link io.harmonylite.snapshot.exception.SnapshotConfigurationException}</td></tr>
 * <tr><td>2</td><td>P is of another identity; or there is none, and the snapshots know the stream only by another
 * identity</td><td>{@code STREAM_RESET}</td></tr>
 * <tr><td>3</td><td>P covers</td><td>{@code REPLAY} from P + 1, {@code UP_TO_DATE} where that is after L; {@code RESTORE}
 * where P lags more than the host allows and a covering snapshot is behind in no stream and ahead in this one</td></tr>
 * <tr><td>4</td><td>no stream has a position that counts, this one has had messages, and the database holds rows</td><td>
 * {@code POSITIONS_LOST}, unless this is a new node</td></tr>
 * <tr><td>5</td><td>a snapshot covers; and P is known, or F is greater than 1, or the database holds no rows</td><td>
 * {@code RESTORE}</td></tr>
 * <tr><td>6</td><td>there is no P, and F is 1</td><td>{@code REPLAY} from 1, {@code UP_TO_DATE} where there is
 * nothing</td></tr>
 * <tr><td>7</td><td>else</td><td>{@code GAP}</td></tr>
 * </table>
 *
 * <p>The plan for all streams is the worst of each. A sequence that the present stream has not reached yet was given by
 * another one: it is of another identity, in the map and in a snapshot.
 */
@NullMarked
package io.harmonylite.snapshot.recovery;

import org.jspecify.annotations.NullMarked;
