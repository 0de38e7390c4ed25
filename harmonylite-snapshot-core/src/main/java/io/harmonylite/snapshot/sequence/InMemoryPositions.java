package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.sequence.Counting;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The positions of a file map in memory, with numbered changes that callers wait for. Thread-safe. */
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

    /** Claims the messages that are not counted yet for the calling thread, until {@link #release}. */
    synchronized <M extends CountedMessage> List<M> claim(List<M> messages) {
        List<M> claimed = BatchCount.count(messages, progress(messages));
        for (M message : claimed) {
            if (beingApplied.contains(Message.of(message))) {
                throw new IllegalStateException("message " + message.at().sequence() + " of " + message.stream()
                        + " is being applied by another thread");
            }
        }
        claimed.forEach(message -> beingApplied.add(Message.of(message)));
        return claimed;
    }

    synchronized void release(List<? extends CountedMessage> claimed) {
        claimed.forEach(message -> beingApplied.remove(Message.of(message)));
    }

    /** Counts messages in one step; returns the number of a change that includes them. */
    synchronized <M extends CountedMessage> long countAll(List<M> messages) {
        Map<String, StreamProgress> before = progress(messages);
        Map<String, StreamProgress> after = new HashMap<>(before);
        List<M> counted = BatchCount.count(messages, after);
        if (counted.isEmpty() && after.equals(before)) {
            return lastChange;
        }
        streams.putAll(after);
        return ++lastChange;
    }

    private Map<String, StreamProgress> progress(List<? extends CountedMessage> messages) {
        Map<String, StreamProgress> progress = new HashMap<>();
        BatchCount.streams(messages).forEach(stream -> progress.put(stream, progress(stream)));
        return progress;
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

    /** A copy of the positions, and the number of the last change in them. */
    record State(SequenceMapData data, long lastChange) {}

    /** Whether a count changed anything, and the number of a change that includes it. */
    record Count(boolean isNew, long change) {}

    private record Message(String stream, long sequence) {

        static Message of(CountedMessage message) {
            return new Message(message.stream(), message.at().sequence());
        }
    }
}
