package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.sequence.Counting;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The positions of a file map in memory. Changes are numbered, so that a caller can wait until its own is on disk.
 * Thread-safe.
 */
final class InMemoryPositions {

    private final TreeMap<String, StreamProgress> streams;
    private final Set<Message> beingApplied = new HashSet<>();
    private final History history;
    private @Nullable String restoreId;
    private @Nullable Binding binding;
    private long lastChange;

    InMemoryPositions(SequenceMapData data) {
        this.streams = new TreeMap<>(data.streams());
        this.restoreId = data.restoreId();
        this.binding = data.binding();
        this.history = data.history();
    }

    /**
     * Claims a message for the calling thread, which applies it and then calls {@link #release}.
     *
     * @return false if the message is counted already
     */
    synchronized boolean claim(String stream, StreamPosition at) {
        StreamProgress now = progress(stream);
        if (Counting.applied(stream, now, at).equals(now)) {
            return false;
        }
        if (!beingApplied.add(new Message(stream, at.sequence()))) {
            throw new IllegalStateException(
                    "message " + at.sequence() + " of " + stream + " is being applied by another thread");
        }
        return true;
    }

    synchronized void release(String stream, StreamPosition at) {
        beingApplied.remove(new Message(stream, at.sequence()));
    }

    /** Counts in one stream by a rule of {@link Counting}. */
    synchronized Count count(String stream, UnaryOperator<StreamProgress> rule) {
        StreamProgress before = progress(stream);
        StreamProgress after = rule.apply(before);
        if (after.equals(before)) {
            return new Count(false, lastChange);
        }
        streams.put(stream, after);
        return new Count(true, ++lastChange);
    }

    /** Returns the number of the last change. */
    synchronized long lastChange() {
        return lastChange;
    }

    /** Sets the positions of some streams. */
    synchronized long put(Positions positions) {
        positions
                .byStream()
                .forEach((stream, position) -> streams.put(stream, Counting.put(progress(stream), position)));
        return ++lastChange;
    }

    /** Replaces all positions, drops all ahead ranges, and sets restore and binding. */
    synchronized long replace(Positions positions, @Nullable String restore, Binding bound) {
        streams.clear();
        positions.byStream().forEach((stream, position) -> streams.put(stream, StreamProgress.at(position)));
        restoreId = restore;
        binding = bound;
        return ++lastChange;
    }

    /** Sets the binding. */
    synchronized long bind(Binding bound) {
        binding = bound;
        return ++lastChange;
    }

    /** Returns a copy of everything, with the number of the last change in it. */
    synchronized State state() {
        return new State(new SequenceMapData(streams, restoreId, binding, history), lastChange);
    }

    private StreamProgress progress(String stream) {
        return streams.getOrDefault(stream, StreamProgress.UNKNOWN);
    }

    /**
     * A copy of the positions at one moment.
     *
     * @param data the positions
     * @param lastChange number of the last change in them
     */
    record State(SequenceMapData data, long lastChange) {}

    /**
     * The result of a count.
     *
     * @param isNew whether it changed anything
     * @param change number of a change that includes it, this one or an earlier one
     */
    record Count(boolean isNew, long change) {}

    private record Message(String stream, long sequence) {}
}
