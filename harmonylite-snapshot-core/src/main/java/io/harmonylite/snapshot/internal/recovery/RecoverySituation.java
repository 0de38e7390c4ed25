package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Facts on which recovery decides; the doubt is why no recorded position is used. Immutable. */
public record RecoverySituation(
        DatabaseState database,
        List<StreamFacts> streams,
        List<SnapshotInfo> snapshots,
        @Nullable Doubt doubt) {

    /** Creates a situation whose recorded positions belong to the database. */
    public RecoverySituation(DatabaseState database, List<StreamFacts> streams, List<SnapshotInfo> snapshots) {
        this(database, streams, snapshots, null);
    }

    /** Copies the lists; rejects two streams with the same name. */
    public RecoverySituation {
        streams = streams.stream()
                .sorted(Comparator.comparing(StreamFacts::stream))
                .toList();
        snapshots = List.copyOf(snapshots);
        if (streams.stream().map(StreamFacts::stream).distinct().count() != streams.size()) {
            throw new IllegalArgumentException("stream names must be unique");
        }
    }

    /** Why recorded positions do not describe the database, as a part of a sentence about it. */
    public record Doubt(String reason, Cause cause) {

        /** Returns whether the rows are those of a snapshot, so that all messages from the first may be applied. */
        boolean isRestored() {
            return cause != Cause.ANOTHER_DATABASE;
        }

        /** Kinds of reasons. */
        public enum Cause {
            /** The positions may belong to another database. */
            ANOTHER_DATABASE,
            /** A restore that the map does not record installed a snapshot without positions. */
            RESTORED_UNRECORDED,
            /** A restore installed a snapshot without positions, and the map has none either. */
            RESTORED_AS_RECORDED
        }
    }

    /** Returns this situation without the given snapshots. */
    public RecoverySituation without(Set<SnapshotId> ids) {
        List<SnapshotInfo> left = snapshots.stream()
                .filter(snapshot -> !ids.contains(snapshot.id()))
                .toList();
        return new RecoverySituation(database, streams, left, doubt);
    }

    /** Returns the snapshots that cover every stream. */
    public List<SnapshotInfo> covering() {
        return snapshots.stream()
                .filter(snapshot -> isCovering(snapshot.positions()))
                .toList();
    }

    private boolean isCovering(Positions positions) {
        return !positions.isEmpty() && streams.stream().allMatch(stream -> stream.isCoveredBy(in(positions, stream)));
    }

    /**
     * Returns whether {@code one} is behind {@code other} in none of the current streams; a position of another
     * identity is behind all, and empty ones compare only with empty ones.
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

    /** Returns the latest of the given snapshots: by {@link #isAtLeast}, then by generation, then by id. */
    public Optional<SnapshotInfo> latest(Collection<SnapshotInfo> candidates) {
        return streams.isEmpty() ? SnapshotOrder.latest(candidates) : SnapshotOrder.latest(candidates, this::isAtLeast);
    }

    /** Returns the position of a stream; 0 if the positions do not name it. */
    static StreamPosition in(Positions positions, StreamFacts stream) {
        return positions.of(stream.stream()).orElse(StreamPosition.at(0));
    }
}
