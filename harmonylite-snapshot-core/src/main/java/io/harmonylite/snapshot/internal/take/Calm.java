package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.LocalChanges;
import io.harmonylite.snapshot.exception.UnpublishedChangesException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Waits for a state of the live database that its positions tell all about: nothing in it is still to be published, and no
 * message is applied ahead of another one. Used once.
 */
final class Calm {

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DatabasePath database;
    private final SqliteConnector connector;
    private final TakeSource source;

    Calm(DatabasePath database, SqliteConnector connector, TakeSource source) {
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
                MapControl map = source.map();
                MapState state = map == null ? begin(live) : map.hold(live);
                String unrest = unrest(live, state);
                if (unrest.isEmpty()) {
                    return new Held(live, state.positions());
                }
                requirePatience(start, unrest);
            } catch (RuntimeException | Error e) {
                try (live) {
                    throw e;
                }
            }
            live.close();
            pause();
        }
    }

    private MapState begin(LiveDatabase live) {
        live.begin();
        return new MapState(source.given(), Set.of(), Optional.empty(), Rest.UNKNOWN);
    }

    private String unrest(LiveDatabase live, MapState state) {
        LocalChanges changes = source.changes();
        long pending = changes == null ? 0 : live.read(changes::pending);
        List<String> unrest = new ArrayList<>();
        if (pending > 0) {
            unrest.add(pending + " changes of its own are not published");
        }
        if (!state.aheadStreams().isEmpty()) {
            unrest.add("messages are counted ahead of others in " + new TreeSet<>(state.aheadStreams()));
        }
        return String.join(", ", unrest);
    }

    private void requirePatience(long start, String unrest) {
        if (System.nanoTime() - start >= source.patience().toNanos()) {
            throw new UnpublishedChangesException("no snapshot of " + database + ": " + unrest
                    + ", so that its positions do not say all that is in it; waited "
                    + source.patience().toMillis() + " ms for the stream to catch up");
        }
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
     */
    record Held(LiveDatabase live, Positions positions) {}
}
