package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Facts on which a trim decides. Immutable. */
record TrimFacts(
        List<SnapshotInfo> proven, @Nullable Positions own, List<StreamFacts> streams, Map<String, Long> members) {

    /** Returns the state of a stream on the server; null if the stream does not exist. */
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
