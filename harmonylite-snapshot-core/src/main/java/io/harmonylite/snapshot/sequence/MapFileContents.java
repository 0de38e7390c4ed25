package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.SequenceMapCodec;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapFile;
import io.harmonylite.snapshot.sequence.SequenceMapContents.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decoded contents of a map's file: what the host is shown, and what counting continues from. Immutable. */
record MapFileContents(SequenceMapContents contents, SequenceMapData data) {

    private static final Logger LOG = LoggerFactory.getLogger(MapFileContents.class);

    /** Reads and decodes a file. */
    static MapFileContents read(FileOperations files, Path file) throws IOException {
        try {
            byte[] bytes = MapFile.read(files, file);
            return bytes.length == 0
                    ? of(Origin.NEW, SequenceMapData.NEW, 0)
                    : of(file, SequenceMapCodec.decode(bytes));
        } catch (MalformedException e) {
            throw new CorruptSequenceMapException(
                    "the sequence map " + file + " is damaged, or another kind of file: " + e.getMessage()
                            + ". Nothing was changed. Check the path; put back a copy of the map, or move it away and"
                            + " recover",
                    e);
        }
    }

    private static MapFileContents of(Path file, SequenceMapFile found) {
        return switch (found.kind()) {
            case PLAIN, CONTINUED -> of(Origin.HARMONYLITE, found.data(), found.leftOverBytes());
            case OURS -> of(Origin.OURS, found.data(), 0);
            case REWRITTEN -> of(Origin.REWRITTEN, found.data(), found.leftOverBytes());
            case NEWER ->
                throw new UnsupportedFormatException("the sequence map " + file
                        + " was written by a newer version of this library; upgrade to use it");
        };
    }

    private static MapFileContents of(Origin origin, SequenceMapData data, int leftOver) {
        Optional<String> restore = Optional.ofNullable(data.restoreId());
        return new MapFileContents(new SequenceMapContents(origin, data.positions(), restore, leftOver), data);
    }

    /** Returns whether the file can stay as it is when it is opened. */
    boolean isOurs() {
        return contents.origin() == Origin.OURS;
    }

    /** Throws if only an adoption may open the file, or none. */
    void requireOurs(Path file) {
        if (contents.origin() == Origin.HARMONYLITE) {
            String shared = contents.leftOverBytes() == 0
                    ? ""
                    : ", followed by " + contents.leftOverBytes()
                            + " left-over bytes, which happens if two processes share one file";
            throw new SnapshotConfigurationException("the sequence map " + file + " is HarmonyLite's" + shared
                    + ". Stop HarmonyLite and adopt the map, or name another file");
        }
        requireWhole(file);
    }

    /** Throws if the file is not what this library wrote. */
    void requireWhole(Path file) {
        if (contents.origin() == Origin.REWRITTEN) {
            throw new CorruptSequenceMapException("the sequence map " + file
                    + " is not what this library wrote: HarmonyLite has rewritten it in place, or it is damaged. It"
                    + " holds "
                    + contents.positions()
                    + ". If HarmonyLite ran on the database, stop it and adopt the map; else put back a copy, or move"
                    + " the map away and recover");
        }
    }

    /** Logs what is adopted from HarmonyLite, if anything is. */
    void logAdoption(Path file) {
        if (contents.origin() == Origin.HARMONYLITE || contents.origin() == Origin.REWRITTEN) {
            LOG.warn(
                    "Adopted sequence map {} from HarmonyLite: {}, positions {}, {} left-over bytes",
                    file,
                    contents.origin(),
                    contents.positions(),
                    contents.leftOverBytes());
        }
    }

    /** Checks contents before a map is opened. */
    @FunctionalInterface
    interface Check {

        /** Throws if the contents must not be opened. */
        void check(MapFileContents found, Path file);
    }
}
