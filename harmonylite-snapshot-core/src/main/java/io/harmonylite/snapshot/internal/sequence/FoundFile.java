package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.SequenceMapCodec;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapFile;
import io.harmonylite.snapshot.sequence.SequenceMapContents;
import io.harmonylite.snapshot.sequence.SequenceMapContents.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found where a map is to be. Immutable.
 *
 * @param contents for the host
 * @param data what to go on from
 */
record FoundFile(SequenceMapContents contents, SequenceMapData data) {

    private static final Logger LOG = LoggerFactory.getLogger(FoundFile.class);

    /**
     * Reads a file.
     *
     * @throws CorruptSequenceMapException where it is no sequence map
     * @throws UnsupportedFormatException where it is too new
     */
    static FoundFile read(FileOperations files, Path file) throws IOException {
        try {
            byte[] bytes = MapFile.read(files, file);
            return bytes.length == 0
                    ? of(Origin.NEW, SequenceMapData.NEW, 0)
                    : of(file, SequenceMapCodec.decode(bytes));
        } catch (MalformedException e) {
            throw new CorruptSequenceMapException(
                    file + " is no sequence map, or a damaged one: " + e.getMessage()
                            + ". Nothing was changed. Check the"
                            + " path; put back a copy of the map, or move it away and recover",
                    e);
        }
    }

    private static FoundFile of(Path file, SequenceMapFile found) {
        return switch (found.kind()) {
            case PLAIN -> of(Origin.HARMONYLITE, found.data(), found.leftOverBytes());
            case OURS -> of(Origin.OURS, found.data(), 0);
            case REWRITTEN -> of(Origin.REWRITTEN, found.data(), found.leftOverBytes());
            case NEWER ->
                throw new UnsupportedFormatException("the sequence map " + file
                        + " was written by a newer version of this library; upgrade to use it");
        };
    }

    private static FoundFile of(Origin origin, SequenceMapData data, int leftOver) {
        Optional<String> restore = Optional.ofNullable(data.restoreId());
        return new FoundFile(new SequenceMapContents(origin, data.positions(), restore, leftOver), data);
    }

    /** Whether it needs no writing to be opened. */
    boolean isOurs() {
        return contents.origin() == Origin.OURS;
    }

    /** Refuses what must not be opened. */
    void require(Path file, Takeover takeover) {
        if (takeover == Takeover.REFUSED) {
            requireOurs(file);
        } else if (contents.origin() == Origin.HARMONYLITE || contents.origin() == Origin.REWRITTEN) {
            LOG.warn(
                    "Took over sequence map {} from HarmonyLite: {}, positions {}, {} left-over bytes",
                    file,
                    contents.origin(),
                    contents.positions(),
                    contents.leftOverBytes());
        }
    }

    private void requireOurs(Path file) {
        if (contents.origin() == Origin.HARMONYLITE) {
            String shared = contents.leftOverBytes() == 0
                    ? ""
                    : ", and " + contents.leftOverBytes()
                            + " bytes lie behind it, as where two processes share one file";
            throw new SnapshotConfigurationException("the sequence map " + file + " is HarmonyLite's" + shared
                    + ". Stop HarmonyLite and adopt the map, or name another file");
        }
        requireWhole(file);
    }

    /** Refuses what is not what was written. */
    void requireWhole(Path file) {
        if (contents.origin() == Origin.REWRITTEN) {
            throw new CorruptSequenceMapException("the sequence map " + file
                    + " is not what this library wrote: HarmonyLite has rewritten it in place, or it is damaged. It says "
                    + contents.positions()
                    + ". Where HarmonyLite ran on the database, stop it and adopt the map; else put"
                    + " back a copy, or move it away and recover");
        }
    }
}
