package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision rests on. Immutable. Streams are sorted by name; the order of snapshots means nothing.
 *
 * @param database what is found at the database's path
 * @param streams the streams that the host follows; none for a host without streams
 * @param snapshots the readable snapshots in the store
 * @param doubt why the recorded positions are not those of this database, so that none counts; null where they are
 */
public record RecoverySituation(
        DatabaseState database,
        List<StreamFacts> streams,
        List<SnapshotInfo> snapshots,
        @Nullable String doubt) {

    /** A situation without doubt. */
    public RecoverySituation(DatabaseState database, List<StreamFacts> streams, List<SnapshotInfo> snapshots) {
        this(database, streams, snapshots, null);
    }

    /** Copies the lists; refuses two streams of one name. */
    public RecoverySituation {
        streams = streams.stream()
                .sorted(Comparator.comparing(StreamFacts::stream))
                .toList();
        snapshots = List.copyOf(snapshots);
        if (streams.stream().map(StreamFacts::stream).distinct().count() != streams.size()) {
            throw new IllegalArgumentException("a stream is named twice");
        }
    }

    /** This situation without some of the snapshots. */
    public RecoverySituation without(Set<SnapshotId> ids) {
        List<SnapshotInfo> left = snapshots.stream()
                .filter(snapshot -> !ids.contains(snapshot.id()))
                .toList();
        return new RecoverySituation(database, streams, left, doubt);
    }

    /** The snapshots that cover every stream. */
    public List<SnapshotInfo> covering() {
        return snapshots.stream()
                .filter(snapshot -> isCovering(snapshot.positions()))
                .toList();
    }

    private boolean isCovering(Positions positions) {
        return !positions.isEmpty() && streams.stream().allMatch(stream -> stream.isCoveredBy(in(positions, stream)));
    }

    /**
     * Whether some positions are at least others, as far as the streams that are there now go: of their identity, and
     * behind in none. A position of another identity is less than every one of the present identity.
     */
    public boolean isAtLeast(Positions one, Positions other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() && other.isEmpty();
        }
        return streams.stream().allMatch(stream -> rank(one, stream) >= rank(other, stream));
    }

    private static long rank(Positions positions, StreamFacts stream) {
        StreamPosition position = in(positions, stream);
        return stream.identityOf(position) == StreamIdentity.ANOTHER ? -1 : position.sequence();
    }

    /** The latest of some snapshots, by {@link #isAtLeast}; then by the store's time, then by id. */
    public Optional<SnapshotInfo> latest(Collection<SnapshotInfo> candidates) {
        return streams.isEmpty() ? SnapshotOrder.latest(candidates) : SnapshotOrder.latest(candidates, this::isAtLeast);
    }

    /** A stream that is not named stands at 0. */
    static StreamPosition in(Positions positions, StreamFacts stream) {
        return positions.of(stream.stream()).orElse(StreamPosition.at(0));
    }
}
