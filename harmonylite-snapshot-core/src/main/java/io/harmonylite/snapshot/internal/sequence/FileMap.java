package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.AheadRange;
import io.harmonylite.snapshot.internal.format.SequenceMapCodec;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.sequence.Book.Count;
import io.harmonylite.snapshot.internal.sequence.Book.Page;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMapContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * What {@link FileSequenceMap} does. Counts go into the {@link Book} under the {@link Gate}, and from there to the
 * {@link MapFile} by {@link GroupCommit}, outside the gate. Thread-safe.
 */
public final class FileMap {

    private final Gate gate;
    private final Book book;
    private final GroupCommit commit;
    private final MapFile file;
    private final WritePolicy policy;
    private final SequenceMapContents found;

    private FileMap(MapFile file, FoundFile found, WritePolicy policy) {
        this.gate = new Gate("the sequence map " + file.path());
        this.book = new Book(found.data());
        this.commit = new GroupCommit(this::write);
        this.file = file;
        this.policy = policy;
        this.found = found.contents();
    }

    /**
     * Opens a map.
     *
     * @param takeover whether HarmonyLite's maps are accepted
     */
    public static FileMap open(FileOperations files, Path path, Takeover takeover, WritePolicy policy) {
        Path resolved = MapFile.resolve(path);
        try {
            MapFile file = MapFile.lock(files, resolved);
            try {
                FoundFile found = FoundFile.read(files, resolved);
                found.require(resolved, takeover);
                FileMap map = new FileMap(file, found, policy);
                if (!found.isOurs()) {
                    map.replace();
                }
                return map;
            } catch (IOException | RuntimeException | Error e) {
                try (file) {
                    throw e;
                }
            }
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /** What a file holds, without a lock. */
    public static SequenceMapContents read(FileOperations files, Path path) {
        try {
            FoundFile found = FoundFile.read(files, path);
            found.requireWhole(path);
            return found.contents();
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /** Runs an action and counts, unless the message was counted before. */
    public <T, E extends Exception> Optional<T> apply(
            String stream, StreamPosition at, FileSequenceMap.Call<T, E> action) throws E {
        Counting.checkMessage(stream, at);
        Optional<T> result = Optional.empty();
        long change;
        try (Gate.Pass pass = gate.enterInterruptibly()) {
            if (book.claim(stream, at)) {
                try {
                    result = Optional.ofNullable(action.run());
                    change = count(stream, at);
                } finally {
                    book.release(stream, at);
                }
            } else {
                change = book.changes();
            }
        }
        policy.counted(commit, change);
        return result;
    }

    private long count(String stream, StreamPosition at) {
        return book.count(stream, now -> Counting.applied(stream, now, at)).change();
    }

    /** Counts a message that was applied. */
    public boolean applied(String stream, StreamPosition at) {
        Counting.checkMessage(stream, at);
        return count(stream, now -> Counting.applied(stream, now, at));
    }

    /** Counts a message that was published. */
    public boolean published(String stream, StreamPosition at) {
        Counting.checkMessage(stream, at);
        return count(stream, now -> Counting.published(stream, now, at));
    }

    /** Counts sequences that hold nothing. */
    public boolean skipped(String stream, long from, long to) {
        AheadRange range = Counting.checkRange(stream, from, to);
        return count(stream, now -> Counting.skipped(stream, now, range));
    }

    private boolean count(String stream, UnaryOperator<StreamProgress> rule) {
        Count count;
        try (Gate.Pass pass = gate.enter()) {
            count = book.count(stream, rule);
        }
        policy.counted(commit, count.change());
        return count.isNew();
    }

    /** Writes what is not on disk. */
    public void flush() {
        commit.await(book.changes());
    }

    /** The positions as counted. */
    public Positions positions() {
        return book.page().data().positions();
    }

    /** What was found when it was opened. */
    public SequenceMapContents found() {
        return found;
    }

    /** The file, symbolic links followed. */
    public Path file() {
        return file.path();
    }

    /** Waits for what runs, writes the rest, gives the lock back. Idempotent. */
    public void close() {
        if (gate.close()) {
            try (file) {
                flush();
            }
        }
    }

    /** The rest of the library's hold on it. */
    MapControl control() {
        return new FileMapControl(gate, book, commit);
    }

    /** A write takes a moment and is worth more than an interrupt, which is kept. */
    private long write() {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return replace();
                } catch (IOException e) {
                    if (!FileFailures.isInterrupt(e)) {
                        throw failed(e);
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private SnapshotException failed(IOException e) {
        if (!FileFailures.isFull(e)) {
            return LocalFailures.translate(e);
        }
        return new InsufficientSpaceException(
                "no space is left to write the sequence map " + file.path() + ": " + e.getMessage()
                        + ". The file is whole, and what was counted stays in memory; make room, then count on or flush",
                e);
    }

    private long replace() throws IOException {
        AtomicLong last = new AtomicLong();
        file.write(() -> {
            Page page = book.page();
            last.set(page.changes());
            return SequenceMapCodec.encode(page.data());
        });
        return last.get();
    }
}
