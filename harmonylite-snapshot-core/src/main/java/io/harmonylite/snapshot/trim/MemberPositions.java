package io.harmonylite.snapshot.trim;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * Reports how far the host's other nodes have applied the streams. Called on the thread that trims; may block. If it
 * throws, the trim ends and removes nothing. Must be thread-safe if trims can run concurrently.
 */
@FunctionalInterface
public interface MemberPositions {

    /**
     * Returns the lowest sequence up to which every other node has applied a stream. Must include nodes that are down,
     * if they are to continue by replay. Empty if it is unknown; then nothing of the stream is removed.
     *
     * @throws IOException if the positions cannot be read
     */
    OptionalLong lowest(String stream) throws IOException;

    /**
     * Returns positions that keep no message, for hosts without other nodes or whose other nodes need no replay. A node
     * that is behind is then recovered from a snapshot, as any new node is.
     */
    static MemberPositions noOtherMembers() {
        return stream -> OptionalLong.of(Long.MAX_VALUE);
    }
}
