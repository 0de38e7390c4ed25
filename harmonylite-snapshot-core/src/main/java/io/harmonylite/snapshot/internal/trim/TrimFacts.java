package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the decision rests on. Immutable.
 *
 * @param proven the latest snapshots that were proven, at most two
 * @param own how far this node is; null where there is none
 * @param streams what is known of each stream, sorted by name
 * @param members the lowest position of other nodes, by stream; missing where that is not known
 */
record TrimFacts(
        List<SnapshotInfo> proven, @Nullable Positions own, List<StreamFacts> streams, Map<String, Long> members) {

    /** What the server says of a stream; null where there is no such stream. */
    @Nullable
    StreamState state(String stream) {
        return streams.stream()
                .filter(facts -> facts.stream().equals(stream))
                .map(StreamFacts::state)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
