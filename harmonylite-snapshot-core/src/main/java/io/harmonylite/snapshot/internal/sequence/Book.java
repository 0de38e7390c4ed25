package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A file map's counts in memory. Each change has a number, by which it is told whether it is on disk. Thread-safe. */
final class Book {

    private final TreeMap<String, StreamProgress> streams;
    private final Set<Message> beingApplied = new HashSet<>();
    private final History history;
    private @Nullable String restoreId;
    private long changes;

    Book(SequenceMapData data) {
        this.streams = new TreeMap<>(data.streams());
        this.restoreId = data.restoreId();
        this.history = data.history();
    }

    /**
     * Claims a message for the calling thread, which applies it; {@link #release} ends that.
     *
     * @return false where it is counted already
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

    /**
     * Counts in one stream.
     *
     * @return whether that changed anything
     */
    synchronized Count count(String stream, UnaryOperator<StreamProgress> rule) {
        StreamProgress before = progress(stream);
        StreamProgress after = rule.apply(before);
        if (after.equals(before)) {
            return new Count(false, changes);
        }
        streams.put(stream, after);
        return new Count(true, ++changes);
    }

    /** The number of the last change. */
    synchronized long changes() {
        return changes;
    }

    /** Sets some streams. */
    synchronized long put(Positions positions) {
        positions
                .byStream()
                .forEach((stream, position) -> streams.put(stream, Counting.put(progress(stream), position)));
        return ++changes;
    }

    /** Forgets everything but these positions and a restore. */
    synchronized long replace(Positions positions, @Nullable String restore) {
        streams.clear();
        positions.byStream().forEach((stream, position) -> streams.put(stream, StreamProgress.at(position)));
        restoreId = restore;
        return ++changes;
    }

    /** Everything, with the number of the last change in it. */
    synchronized Page page() {
        return new Page(new SequenceMapData(streams, restoreId, history), changes);
    }

    private StreamProgress progress(String stream) {
        return streams.getOrDefault(stream, StreamProgress.UNKNOWN);
    }

    /**
     * The book at one moment.
     *
     * @param data what it says
     * @param changes number of the last change
     */
    record Page(SequenceMapData data, long changes) {}

    /**
     * What became of a count.
     *
     * @param isNew whether it changed anything
     * @param change number of a change that has it, this one or an earlier one
     */
    record Count(boolean isNew, long change) {}

    private record Message(String stream, long sequence) {}
}
