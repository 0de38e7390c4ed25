package io.harmonylite.snapshot.trim;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * How far the host's other nodes are. Called on the thread that trims; may block. What it throws ends the trim, with nothing
 * removed.
 */
@FunctionalInterface
public interface MemberPositions {

    /**
     * The lowest sequence up to which every node that must not be left behind has applied a stream; also of nodes that are
     * down at the moment, where they are to come back by replay. Empty where that is not known: nothing of the stream is
     * removed then.
     *
     * @throws IOException where it cannot be learned
     */
    OptionalLong lowest(String stream) throws IOException;

    /**
     * The host's word that there is nobody to wait for: a node that is behind is recovered from a snapshot, as any new node
     * is.
     */
    static MemberPositions nobodyElse() {
        return stream -> OptionalLong.of(Long.MAX_VALUE);
    }
}
