package io.harmonylite.snapshot.watch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Status of the watch loop. Immutable. */
public final class WatchStatus {

    /** State of the loop. */
    public enum State {
        /** The loop was not started. */
        OFF,
        /** The loop is running. */
        ON,
        /** The manager was closed. */
        STOPPED
    }

    private static final WatchStatus NEVER_STARTED = new WatchStatus(State.OFF, Map.of(), null);

    private final State state;
    private final Map<WatchDuty, DutyStatus> duties;
    private final @Nullable TriggerInput observation;

    private WatchStatus(State state, Map<WatchDuty, DutyStatus> duties, @Nullable TriggerInput observation) {
        this.state = state;
        this.duties = duties;
        this.observation = observation;
    }

    /** Returns the status of a loop that was not started. */
    public static WatchStatus off() {
        return NEVER_STARTED;
    }

    /**
     * Returns the status of a loop that was started.
     *
     * @param observation input of the last check; null before the first check
     */
    public static WatchStatus of(State state, Map<WatchDuty, DutyStatus> duties, @Nullable TriggerInput observation) {
        Map<WatchDuty, DutyStatus> copy = new EnumMap<>(WatchDuty.class);
        copy.putAll(duties);
        return new WatchStatus(state, Collections.unmodifiableMap(copy), observation);
    }

    /** Returns the state of the loop. */
    public State state() {
        return state;
    }

    /** Returns the status of each duty that the loop runs. */
    public Map<WatchDuty, DutyStatus> duties() {
        return duties;
    }

    /** Returns the status of a duty. */
    public DutyStatus duty(WatchDuty duty) {
        return duties.getOrDefault(duty, DutyStatus.IDLE);
    }

    /**
     * Returns what the last check observed: position, lag and headroom of each stream, and the newest snapshot. Empty
     * before the first check.
     */
    public Optional<TriggerInput> observation() {
        return Optional.ofNullable(observation);
    }
}
