package io.harmonylite.snapshot.watch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the loop stands. Immutable. */
public final class WatchStatus {

    /** Whether the loop runs. */
    public enum State {
        /** It was not started. */
        OFF,
        /** It runs. */
        ON,
        /** The manager was closed. */
        STOPPED
    }

    private static final WatchStatus NEVER_STARTED = new WatchStatus(State.OFF, Map.of(), null);

    private final State state;
    private final Map<WatchDuty, DutyStatus> duties;
    private final @Nullable Observation observation;

    private WatchStatus(State state, Map<WatchDuty, DutyStatus> duties, @Nullable Observation observation) {
        this.state = state;
        this.duties = duties;
        this.observation = observation;
    }

    /** A loop that was not started. */
    public static WatchStatus off() {
        return NEVER_STARTED;
    }

    /**
     * A loop that was started.
     *
     * @param observation what the last check saw; null before the first one
     */
    public static WatchStatus of(State state, Map<WatchDuty, DutyStatus> duties, @Nullable Observation observation) {
        Map<WatchDuty, DutyStatus> copy = new EnumMap<>(WatchDuty.class);
        copy.putAll(duties);
        return new WatchStatus(state, Collections.unmodifiableMap(copy), observation);
    }

    /** Whether it runs. */
    public State state() {
        return state;
    }

    /** How each duty stands that the loop has. */
    public Map<WatchDuty, DutyStatus> duties() {
        return duties;
    }

    /** How a duty stands. */
    public DutyStatus duty(WatchDuty duty) {
        return duties.getOrDefault(duty, DutyStatus.IDLE);
    }

    /** What the last check saw: position, lag and headroom of each stream, and the newest snapshot. */
    public Optional<Observation> observation() {
        return Optional.ofNullable(observation);
    }
}
