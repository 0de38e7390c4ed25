package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A private copy that follows the sequence map of a running node. The node's map is neither locked nor written. The
 * copy is never ahead of the node's map, so it is never ahead of an image that is captured after a read. Not
 * thread-safe.
 */
final class MirroredMap implements Closeable {

    private static final int MAX_UNREADABLE = 20;

    private final Path source;
    private final WorkingMap copy;
    private int unreadable;

    private MirroredMap(Path source, WorkingMap copy) {
        this.source = source;
        this.copy = copy;
    }

    /** Opens a copy of the map as it is now. */
    static MirroredMap open(Path source) throws IOException {
        SequenceMaps.read(source);
        return new MirroredMap(source, WorkingMap.openCopy(source, WorkingMap.Adoption.ALLOWED));
    }

    /** Returns the copy. */
    FileSequenceMap map() {
        return copy.map();
    }

    /**
     * Brings the copy to the current positions of the node's map.
     *
     * @throws CorruptSequenceMapException if the map was unreadable 20 times in a row
     * @throws SnapshotException if the map was set back, for instance by a restore
     */
    void follow() throws IOException {
        try {
            SequenceMaps.read(source).positions().byStream().forEach(this::follow);
            unreadable = 0;
        } catch (CorruptSequenceMapException e) {
            // HarmonyLite writes in place, so a read can meet a partial write. The copy stays behind, which loses
            // nothing.
            if (++unreadable == MAX_UNREADABLE) {
                throw e;
            }
        }
    }

    private void follow(String stream, StreamPosition now) {
        long before = map().positions().of(stream).map(StreamPosition::sequence).orElse(0L);
        if (now.sequence() < before) {
            throw new SnapshotException("sequence map " + source + " was set back from " + before + " to "
                    + now.sequence() + " in stream " + stream + ", because the node was recovered; start watch again");
        }
        if (now.sequence() > before + 1) {
            map().skipped(stream, new SequenceRange(before + 1, now.sequence() - 1));
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
