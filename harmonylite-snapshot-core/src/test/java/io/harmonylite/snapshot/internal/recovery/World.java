package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.recovery.Gatherer.Local;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.Unbound;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.UnknownOrigin;
import io.harmonylite.snapshot.internal.sequence.Counting;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A situation in small numbers, from which the input of the plan and of the oracle are made.
 *
 * @param database the state of the database
 * @param streams the streams, numbered from 0
 * @param snapshots for each snapshot a mark per stream, null if it does not record it; in the order of generations
 * @param link how map and database show that they belong together
 */
record World(DatabaseState database, List<Stream> streams, List<List<Mark>> snapshots, Link link) {

    private static final Instant EPOCH = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant PRESENT = EPOCH.plusSeconds(100);
    private static final Instant FORMER = EPOCH.plusSeconds(50);

    World(DatabaseState database, List<Stream> streams, List<List<Mark>> snapshots) {
        this(database, streams, snapshots, Link.BOUND);
    }

    /** What map and database say of each other. */
    enum Link {
        /** Both have one id, at one count. */
        BOUND("x", 3, "x", 3),
        /** Both have one id; the process died before the map was written. */
        DATABASE_AHEAD("x", 3, "x", 4),
        /** Both have one id, and the map was written later. */
        OLDER_COPY("x", 4, "x", 3),
        /** Each has another id. */
        OTHER("x", 3, "y", 3),
        /** Only the map has an id. */
        ONLY_MAP("x", 3, "", 0),
        /** Only the database has an id. */
        ONLY_DATABASE("", 0, "x", 3),
        /** Neither has an id. */
        NEITHER("", 0, "", 0),
        /** The map has an id that no database was given. */
        UNCONFIRMED("x", 0, "", 0),
        /** Neither has an id, and HarmonyLite wrote the map. */
        ADOPTED("", 0, "", 0),
        /** A restore without positions, which the map does not record. */
        RESTORED_UNRECORDED("x", 3, "", 0),
        /** A restore without positions, which the map records. */
        RESTORED_RECORDED("r", 1, "r", 1);

        private final String mapId;
        private final long mapCounter;
        private final String databaseId;
        private final long databaseCounter;

        /** Ids are empty where there is none. */
        Link(String mapId, long mapCounter, String databaseId, long databaseCounter) {
            this.mapId = mapId;
            this.mapCounter = mapCounter;
            this.databaseId = databaseId;
            this.databaseCounter = databaseCounter;
        }

        private static Optional<Binding> binding(String id, long counter) {
            return id.isEmpty() ? Optional.empty() : Optional.of(new Binding(id, counter));
        }

        MapState map(Positions positions) {
            return new MapState(
                    positions,
                    Collections.emptySortedMap(),
                    this == RESTORED_RECORDED ? Optional.of("r") : Optional.empty(),
                    binding(mapId, mapCounter),
                    this == ADOPTED ? Rest.AT_ZERO : Rest.UNKNOWN);
        }

        DatabaseLook look(DatabaseState state) {
            boolean restored = this == RESTORED_UNRECORDED || this == RESTORED_RECORDED;
            return new DatabaseLook(
                    state,
                    restored
                            ? Optional.of(new Origin("r", "snapshot-7", Positions.none(), Collections.emptySortedMap()))
                            : Optional.empty(),
                    binding(databaseId, databaseCounter));
        }
    }

    /** What a mark says about the identity of its stream. */
    enum Kind {
        /** It is the present stream. */
        PRESENT,
        /** It is a stream created earlier. */
        FORMER,
        /** Unknown. */
        UNKNOWN,
        /** The same creation time, but another message at the sequence: the storage was set back. */
        SET_BACK,
        /** No position was set; only message 9 of the present stream was counted, ahead of all others. */
        AHEAD
    }

    /** A recorded sequence. */
    record Mark(long sequence, Kind kind) {

        static final Mark AHEAD = new Mark(0, Kind.AHEAD);

        StreamPosition position() {
            return switch (kind) {
                case PRESENT -> new StreamPosition(sequence, sequence == 0 ? null : timestamp(sequence), World.PRESENT);
                case FORMER ->
                    new StreamPosition(
                            sequence, sequence == 0 ? null : timestamp(sequence).minusSeconds(50), World.FORMER);
                case UNKNOWN -> StreamPosition.at(sequence);
                case SET_BACK ->
                    new StreamPosition(
                            sequence, sequence == 0 ? null : timestamp(sequence).plusMillis(1), World.PRESENT);
                case AHEAD ->
                    Counting.published("s", StreamProgress.UNKNOWN, new StreamPosition(9, timestamp(9), World.PRESENT))
                            .position();
            };
        }

        @Override
        public String toString() {
            return kind + "@" + sequence;
        }
    }

    /**
     * A stream that keeps {@code first} to {@code last}, or is missing if {@code last} is negative, and the position of
     * the host.
     *
     * @param start sequence of its first message ever; 0 if it is unknown
     * @param deleted message that was deleted inside it; 0 if there is none
     */
    record Stream(
            int number,
            long first,
            long last,
            long start,
            long deleted,
            @Nullable Mark position) {

        Stream(int number, long first, long last, @Nullable Mark position) {
            this(number, first, last, 1, 0, position);
        }

        boolean keeps(long sequence) {
            return first <= sequence && sequence <= last && sequence != deleted && sequence > 0;
        }

        /** The sequence of a host that has applied nothing. */
        long beginning() {
            return Math.max(start, 1) - 1;
        }

        /** The messages after a sequence that were published and are not kept, in order. */
        List<Long> lostAfter(long sequence) {
            return LongStream.rangeClosed(sequence == 0 ? beginning() + 1 : sequence + 1, last)
                    .filter(published -> !keeps(published))
                    .boxed()
                    .toList();
        }

        boolean isMissing() {
            return last < 0;
        }

        String name() {
            return "s" + number;
        }

        StreamFacts facts(@Nullable StreamPosition at) {
            String name = name();
            if (isMissing()) {
                return StreamFacts.of(name, at, null, new TreeMap<>());
            }
            TreeMap<Long, Instant> timestamps = new TreeMap<>();
            for (long sequence = first; sequence <= last; sequence++) {
                if (keeps(sequence)) {
                    timestamps.put(sequence, timestamp(sequence));
                }
            }
            long messages = timestamps.size();
            StreamState state = new StreamState(
                    first,
                    last,
                    messages,
                    messages * 10,
                    World.PRESENT,
                    StreamRetention.unlimited(),
                    start == 0 ? OptionalLong.empty() : OptionalLong.of(start));
            return StreamFacts.of(name, at, state, timestamps)
                    .withDeleted(deleted == 0 ? null : new SequenceRange(deleted, deleted));
        }
    }

    static Instant timestamp(long sequence) {
        return PRESENT.plusSeconds(sequence);
    }

    RecoverySituation situation() {
        return situation(RecoveryOptions.defaults());
    }

    RecoverySituation situation(RecoveryOptions options) {
        Positions positions = Positions.none();
        for (Stream stream : streams) {
            Mark mark = stream.position();
            positions = mark == null ? positions : positions.with(stream.name(), mark.position());
        }
        MapState map = link.map(positions);
        DatabaseLook look = link.look(database);
        Unbound unbound = options.isUnboundMapAccepted() ? Unbound.ACCEPTED : Unbound.REJECTED;
        Local local = new Local(look, map, Reconciliation.ofFile(map, look, UnknownOrigin.DOUBTED, unbound));
        List<StreamFacts> facts = streams.stream()
                .map(stream -> stream.facts(local.position(stream.name())))
                .toList();
        List<SnapshotInfo> infos = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            infos.add(snapshot(i));
        }
        return new RecoverySituation(
                database, facts, infos, local.reconciliation().doubt());
    }

    SnapshotInfo snapshot(int index) {
        Positions positions = Positions.none();
        List<Mark> marks = snapshots.get(index);
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            positions = mark == null ? positions : positions.with("s" + i, mark.position());
        }
        return snapshot(index, positions);
    }

    /** Creates a snapshot of a generation of its own; all clocks are wrong, which must not matter. */
    static SnapshotInfo snapshot(int index, Positions positions) {
        Instant created = EPOCH.plusSeconds(10_000L - index);
        SnapshotId id = SnapshotId.of(created, "node", index);
        ImageInfo image = new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00", "00");
        return new SnapshotInfo(
                id,
                "orders",
                created,
                created,
                "test",
                positions,
                image,
                1,
                0,
                0,
                PendingRecord.none(),
                1 + index,
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }
}
