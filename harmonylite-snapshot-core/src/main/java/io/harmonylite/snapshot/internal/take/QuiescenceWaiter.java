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
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the live database is quiescent: no change is pending, and no message is applied ahead of an earlier one.
 * In such a state the recorded positions describe the database completely. One instance serves one capture.
 */
final class QuiescenceWaiter {

    private static final Logger LOG = LoggerFactory.getLogger(QuiescenceWaiter.class);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DatabasePath database;
    private final SqliteConnector connector;
    private final TakeSource source;
    private final List<Long> pendingAtEachLook = new ArrayList<>();

    QuiescenceWaiter(DatabasePath database, SqliteConnector connector, TakeSource source) {
        this.database = database;
        this.connector = connector;
        this.source = source;
    }

    /**
     * Waits for a quiescent state and holds it in a read transaction. The caller closes the returned connection.
     *
     * @param begun called once, as soon as the first transaction has begun, inside the gate of a file map
     * @throws PendingChangesException if the database is not quiescent after the publishing patience, and the
     *     source does not allow pending changes
     */
    Held await(Consumer<LiveDatabase> begun) {
        long start = System.nanoTime();
        while (true) {
            LiveDatabase live = LiveDatabase.connect(database, connector);
            try {
                boolean isFirst = pendingAtEachLook.isEmpty();
                live.whenBegun(isFirst ? begun : later -> {});
                MapState state = hold(live);
                PendingRecord unpublished = new PendingRecord(pending(live), state.ahead());
                pendingAtEachLook.add(unpublished.changes());
                if (unpublished.isNone() || isOver(start, unpublished)) {
                    return new Held(live, isFirst, new Facts(state.positions(), unpublished));
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

    /** Rejects a second set of positions for the same image: only the host can tell which one is current. */
    private void requireAlone(@Nullable MapControl map) {
        if (map != null || !source.given().isEmpty()) {
            throw new SnapshotConfigurationException(database + " holds the positions of a table map in "
                    + MapControl.TABLES + ", and the take was given other positions. Omit those, or drop the tables if"
                    + " they are no longer used");
        }
    }

    private long pending(LiveDatabase live) {
        PendingChanges changes = source.changes();
        return changes == null ? 0 : live.read(changes::count);
    }

    /** Returns whether to stop waiting and capture the state with its pending changes. */
    private boolean isOver(long start, PendingRecord unpublished) {
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        if (waited.compareTo(source.patience()) < 0) {
            return false;
        }
        if (source.unpublished() == UnpublishedPolicy.RECORDED) {
            LOG.warn("Capturing {} with data beyond its positions ({})", database, describe(unpublished));
            return true;
        }
        throw new PendingChangesException("no snapshot of " + database
                + ": its positions do not describe it completely ("
                + describe(unpublished) + rate(waited) + "; waited "
                + source.patience().toMillis()
                + " ms). Publish the changes and let the streams catch up, or allow snapshots with pending changes");
    }

    private static String describe(PendingRecord unpublished) {
        List<String> reasons = new ArrayList<>();
        if (unpublished.changes() > 0) {
            reasons.add("pending changes: " + unpublished.changes());
        }
        if (!unpublished.ahead().isEmpty()) {
            reasons.add("streams with messages applied ahead of earlier ones: "
                    + unpublished.ahead().keySet());
        }
        return String.join("; ", reasons);
    }

    /** Describes how the number of pending changes developed; empty if none was pending or there was one look. */
    private String rate(Duration waited) {
        long last = pendingAtEachLook.get(pendingAtEachLook.size() - 1);
        if (last == 0 || pendingAtEachLook.size() == 1) {
            return "";
        }
        long first = pendingAtEachLook.get(0);
        return String.format(
                Locale.ROOT,
                ", %d when the wait began, %d at least; their number changes by %+.1f per second",
                first,
                Collections.min(pendingAtEachLook),
                (last - first) * 1000.0 / Math.max(waited.toMillis(), 1));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    /**
     * Reads the facts of an image that may be later than the held state. The gate of a file map was closed when the log was
     * copied, so its positions are those of the image.
     *
     * @return the facts; empty if the source does not allow the image, because changes are pending in it
     */
    Optional<Facts> of(PrivateImage image, Facts held) {
        Optional<MapState> inside = image.read(MapControl::stateIn);
        PendingChanges changes = source.changes();
        long pending = changes == null ? 0 : image.read(changes::count);
        PendingRecord unpublished = new PendingRecord(
                pending, inside.map(MapState::ahead).orElse(held.unpublished().ahead()));
        return unpublished.isNone() || source.unpublished() == UnpublishedPolicy.RECORDED
                ? Optional.of(new Facts(inside.map(MapState::positions).orElse(held.positions()), unpublished))
                : Optional.empty();
    }

    /**
     * A captured state, held by a read transaction.
     *
     * @param live the database, in a read transaction
     * @param isFirst whether the first look found it
     * @param facts what is recorded about that state
     */
    record Held(LiveDatabase live, boolean isFirst, Facts facts) {}

    /**
     * What is recorded about a state.
     *
     * @param positions the positions of that state
     * @param unpublished data in that state beyond the positions
     */
    record Facts(Positions positions, PendingRecord unpublished) {}
}
