package io.harmonylite.snapshot.watch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Status of the watch loop. Immutable.
 *
 * @param state state of the loop
 * @param duties status of each duty that the loop runs
 * @param lastInput input of the last check: position, lag and headroom of each stream, and the newest snapshot. Empty
 *     before the first check
 */
public record WatchStatus(State state, Map<WatchDuty, DutyStatus> duties, Optional<TriggerInput> lastInput) {

    /** State of the loop. */
    public enum State {
        /** The loop was not started. */
        OFF,
        /** The loop is running. */
        ON,
        /** The manager was closed. */
        STOPPED
    }

    /** Status of a loop that was not started. */
    public static final WatchStatus NOT_STARTED = new WatchStatus(State.OFF, Map.of(), Optional.empty());

    /** Copies the map of duties. */
    public WatchStatus {
        Map<WatchDuty, DutyStatus> copy = new EnumMap<>(WatchDuty.class);
        copy.putAll(duties);
        duties = Collections.unmodifiableMap(copy);
    }

    /** Returns the status of a duty. */
    public DutyStatus duty(WatchDuty duty) {
        return duties.getOrDefault(duty, DutyStatus.IDLE);
    }
}
