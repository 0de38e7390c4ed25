package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import java.util.Optional;

/** Names a message for the maps that count it. Implementations are immutable. */
public interface CountedMessage {

    /** Returns the name of the stream. */
    String stream();

    /** Returns the message's sequence; and its timestamp and the creation time of its stream, if they are known. */
    StreamPosition at();

    /**
     * Returns the range of sequences before this message that hold no message which the host needs. They are counted
     * with the message. Empty by default.
     */
    default Optional<SequenceRange> skipped() {
        return Optional.empty();
    }
}
