package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.sequence.Counting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts several messages in order, by the rules of {@link Counting}: a pure function. */
final class BatchCount {

    private BatchCount() {}

    /** Throws if one of the messages cannot be a message of any stream. */
    static void check(List<? extends CountedMessage> messages) {
        for (CountedMessage message : messages) {
            Counting.checkMessage(message.stream(), message.at());
        }
    }

    /** Returns the names of the messages' streams. */
    static Set<String> streams(List<? extends CountedMessage> messages) {
        return messages.stream().map(CountedMessage::stream).collect(Collectors.toSet());
    }

    /** Counts messages, and the ranges skipped before them; returns those that were not counted before. */
    static <M extends CountedMessage> List<M> count(List<M> messages, Map<String, StreamProgress> progress) {
        List<M> counted = new ArrayList<>(messages.size());
        for (M message : messages) {
            String stream = message.stream();
            StreamProgress before = afterSkip(message, progress.getOrDefault(stream, StreamProgress.UNKNOWN));
            StreamProgress after = Counting.applied(stream, before, message.at());
            if (!after.equals(before)) {
                counted.add(message);
            }
            progress.put(stream, after);
        }
        return counted;
    }

    private static StreamProgress afterSkip(CountedMessage message, StreamProgress now) {
        return message.skipped()
                .map(range -> Counting.skipped(message.stream(), now, Counting.checkRange(message.stream(), range)))
                .orElse(now);
    }
}
