package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.watch.ObservedStream;
import io.harmonylite.snapshot.watch.Occasion;
import io.harmonylite.snapshot.watch.TriggerInput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads store, streams and sequence map, and changes nothing. Used by one thread at a time. */
public final class Observer {

    private final SnapshotCatalog catalog;
    private final RecoveryPipeline recoveries;
    private final Supplier<Positions> own;
    private final StoreTime time;
    private StreamRates rates = StreamRates.unknown();

    public Observer(Services services, SnapshotCatalog catalog, RecoveryPipeline recoveries, Supplier<Positions> own) {
        this.recoveries = recoveries;
        this.own = own;
        this.time = new StoreTime(new StoreClock(services, catalog), services.clock());
        this.catalog = catalog.withClock(time::now);
    }

    CheckResult look(Occasion occasion, @Nullable Instant unchangedAt, Duration leadTime) {
        Positions positions = own.get();
        List<SnapshotInfo> snapshots = catalog.list().snapshots();
        Newest newest = newest(snapshots);
        Instant now = time.now();
        TriggerInput observation = new TriggerInput(
                now, occasion, streams(newest, positions, now), newest.snapshot(), unchangedAt, leadTime);
        return new CheckResult(observation, newest.placeOf(positions), snapshots);
    }

    /** Returns the first snapshot, in the order of snapshots, that belongs to the current streams. */
    private Newest newest(List<SnapshotInfo> snapshots) {
        for (SnapshotInfo snapshot : SnapshotOrder.latestFirst(snapshots)) {
            RecoverySituation situation = recoveries.situation(List.of(snapshot));
            if (situation.streams().stream().allMatch(stream -> isOf(stream, snapshot))) {
                return new Newest(snapshot, situation);
            }
        }
        return new Newest(null, recoveries.situation(List.of()));
    }

    private static boolean isOf(StreamFacts stream, SnapshotInfo snapshot) {
        StreamPosition position = snapshot.positions().of(stream.stream()).orElse(StreamPosition.at(0));
        return stream.identityOf(position) != StreamIdentity.ANOTHER;
    }

    /** Returns the state of each stream. Leaves out missing streams; while one is missing, no snapshot is taken. */
    private List<ObservedStream> streams(Newest newest, Positions positions, Instant now) {
        Map<String, StreamState> states = new TreeMap<>();
        newest.situation().streams().forEach(stream -> {
            StreamState state = stream.state();
            if (state != null) {
                states.put(stream.stream(), state);
            }
        });
        rates = rates.seen(states, now);
        List<ObservedStream> streams = new ArrayList<>();
        states.forEach((stream, state) -> streams.add(observed(stream, state, newest, positions)));
        return streams;
    }

    private ObservedStream observed(String stream, StreamState state, Newest newest, Positions positions) {
        Optional<StreamPosition> saved = newest.positions().of(stream);
        long sequence = saved.map(StreamPosition::sequence).orElse(0L);
        return new ObservedStream(
                stream,
                state,
                positions.of(stream).map(StreamPosition::sequence).orElse(0L),
                sequence,
                firstUnsavedAt(stream, state, sequence)
                        .or(() -> saved.map(StreamPosition::timestamp))
                        .orElse(null),
                rates.of(stream));
    }

    /** Returns the timestamp of the first unsaved message, if an age limit makes it matter. */
    private Optional<Instant> firstUnsavedAt(String stream, StreamState state, long saved) {
        boolean isAsked = state.retention().age().isPresent() && state.last() > saved && state.first() <= saved + 1;
        return isAsked ? recoveries.timestampAt(stream, saved + 1) : Optional.empty();
    }

    /** The newest snapshot, if there is one, with the facts about it and its streams. */
    private record Newest(@Nullable SnapshotInfo snapshot, RecoverySituation situation) {

        Positions positions() {
            return snapshot == null ? Positions.none() : snapshot.positions();
        }

        CheckResult.Place placeOf(Positions own) {
            boolean isBehind = !positions().isEmpty() && isAtLeast(positions(), own) && !isAtLeast(own, positions());
            return isBehind ? CheckResult.Place.BEHIND : CheckResult.Place.ABREAST;
        }

        private boolean isAtLeast(Positions one, Positions other) {
            return situation.streams().isEmpty()
                    ? SnapshotOrder.isAtLeast(one, other)
                    : isAtLeastInPresentStreams(one, other);
        }

        private boolean isAtLeastInPresentStreams(Positions one, Positions other) {
            return situation.streams().stream().allMatch(stream -> sequence(one, stream) >= sequence(other, stream));
        }

        private static long sequence(Positions positions, StreamFacts stream) {
            return positions.of(stream.stream()).map(StreamPosition::sequence).orElse(0L);
        }
    }
}
