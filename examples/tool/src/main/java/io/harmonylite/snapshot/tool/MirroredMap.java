package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The sequence map of a node that runs, followed by a private copy: the node's own is neither locked nor written. The copy is
 * never ahead of the node's, and so of no image that is captured after it was read. Used by one thread.
 */
final class MirroredMap implements Closeable {

    private static final int PATIENCE = 20;

    private final Path source;
    private final WorkingMap copy;
    private int unreadable;

    private MirroredMap(Path source, WorkingMap copy) {
        this.source = source;
        this.copy = copy;
    }

    /** Begins with what the map says now. */
    static MirroredMap open(Path source) throws IOException {
        SequenceMaps.read(source);
        return new MirroredMap(source, WorkingMap.openCopy(source, WorkingMap.Takeover.ALLOWED));
    }

    /** The copy. */
    FileSequenceMap map() {
        return copy.map();
    }

    /**
     * Brings the copy to where the node's map is now.
     *
     * @throws CorruptSequenceMapException where it cannot be read for the twentieth time in a row
     * @throws IllegalStateException where that one was set back, by a restore for instance
     */
    void follow() throws IOException {
        try {
            SequenceMaps.read(source).positions().byStream().forEach(this::follow);
            unreadable = 0;
        } catch (CorruptSequenceMapException e) {
            // HarmonyLite writes in place and was met in the middle: the copy stays behind, which loses nothing.
            if (++unreadable == PATIENCE) {
                throw e;
            }
        }
    }

    private void follow(String stream, StreamPosition now) {
        long before = map().positions().of(stream).map(StreamPosition::sequence).orElse(0L);
        if (now.sequence() < before) {
            throw new IllegalStateException(source + " was set back from " + before + " to " + now.sequence() + " in "
                    + stream + ": the node was recovered; start again");
        }
        if (now.sequence() > before + 1) {
            map().skipped(stream, before + 1, now.sequence() - 1);
        }
        if (now.sequence() > before) {
            map().applied(stream, now);
        }
    }

    @Override
    public void close() throws IOException {
        copy.close();
    }
}
