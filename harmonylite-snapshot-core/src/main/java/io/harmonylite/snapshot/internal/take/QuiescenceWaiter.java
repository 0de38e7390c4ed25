package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a state of the live database that its positions tell all about: nothing in it is still to be published, and no
 * message is applied ahead of another one. Used once.
 */
final class QuiescenceWaiter {

    private static final Logger LOG = LoggerFactory.getLogger(QuiescenceWaiter.class);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DatabasePath database;
    private final SqliteConnector connector;
    private final TakeSource source;

    QuiescenceWaiter(DatabasePath database, SqliteConnector connector, TakeSource source) {
        this.database = database;
        this.connector = connector;
        this.source = source;
    }

    /** Such a state, held, and its positions; the caller closes it. */
    Held await() {
        long start = System.nanoTime();
        while (true) {
            LiveDatabase live = LiveDatabase.connect(database, connector);
            try {
                MapState state = hold(live);
                PendingRecord unpublished = new PendingRecord(pending(live), state.ahead());
                if (unpublished.isNone() || isOver(start, unpublished)) {
                    return new Held(live, state.positions(), unpublished);
                }
            } catch (RuntimeException | Error e) {
                try (live) {
                    throw e;
                }
            }
            live.close();
            pause();
        }
    }

    private MapState hold(LiveDatabase live) {
        MapControl map = source.map();
        if (map != null && map.isInDatabase()) {
            return map.hold(live);
        }
        MapState state = map == null ? begin(live) : map.hold(live);
        Optional<MapState> inside = live.read(MapControl::stateIn);
        if (inside.isPresent()) {
            requireAlone(map);
        }
        return inside.orElse(state);
    }

    private MapState begin(LiveDatabase live) {
        live.begin();
        return MapState.of(source.given());
    }

    /** Positions of two kinds for one image: nobody but the host knows which of them are kept up to date. */
    private void requireAlone(@Nullable MapControl map) {
        if (map != null || !source.given().isEmpty()) {
            throw new SnapshotConfigurationException(database + " holds the positions of a table map, in "
                    + MapControl.TABLES + ", and others were given beside it. Give none; or drop those tables where"
                    + " they are not used any more");
        }
    }

    private long pending(LiveDatabase live) {
        PendingChanges changes = source.changes();
        return changes == null ? 0 : live.read(changes::count);
    }

    /** Whether such a state is taken as it is. */
    private boolean isOver(long start, PendingRecord unpublished) {
        if (System.nanoTime() - start < source.patience().toNanos()) {
            return false;
        }
        if (source.unpublished() == UnpublishedPolicy.RECORDED) {
            LOG.warn("{} is taken with what is not published: {}", database, describe(unpublished));
            return true;
        }
        throw new PendingChangesException("no snapshot of " + database + ": " + describe(unpublished)
                + ", so that its positions do not tell all that is in it; waited "
                + source.patience().toMillis() + " ms for the streams to catch up");
    }

    private static String describe(PendingRecord unpublished) {
        List<String> unrest = new ArrayList<>();
        if (unpublished.changes() > 0) {
            unrest.add(unpublished.changes() + " changes of its own are not published");
        }
        if (!unpublished.ahead().isEmpty()) {
            unrest.add("messages are counted ahead of others in "
                    + unpublished.ahead().keySet());
        }
        return String.join(", ", unrest);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    /**
     * A state that is held.
     *
     * @param live the database, in a read transaction
     * @param positions what that stands for
     * @param unpublished what is in it beyond that
     */
    record Held(LiveDatabase live, Positions positions, PendingRecord unpublished) {}
}
