package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.format.AheadRange;
import io.harmonylite.snapshot.internal.format.SequenceMapCodec;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.sequence.Counting;
import io.harmonylite.snapshot.internal.sequence.FileMapAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Stream positions in a file next to the database, in HarmonyLite's format and readable by HarmonyLite.
 *
 * <pre>{@code
 * try (FileSequenceMap map = FileSequenceMap.open(Path.of("orders.seq-map"));
 *         Connection connection = DriverManager.getConnection("jdbc:sqlite:orders.db");
 *         Statement statement = connection.createStatement()) {
 *     statement.execute("PRAGMA synchronous = FULL");
 *     connection.setAutoCommit(false);
 *     map.apply("orders", StreamPosition.at(1), () -> {
 *         statement.executeUpdate("INSERT INTO orders VALUES (1, 'pending')");
 *         connection.commit();
 *     });
 * }
 * }</pre>
 *
 * <p>{@link #apply} runs the host's transaction and then counts the message, both under a <em>gate</em>. A take closes
 * the gate for the instant in which it reads the positions and begins its read transaction. So no message is in an
 * image and replayed on top of it. A host that commits by itself and calls {@link #applied} afterwards loses no
 * message, but a message may be in the image and replayed.
 *
 * <p>After a crash the file may be behind the data, by the counts that were not yet written. Those messages are applied
 * again: at least once. This requires that <b>the host's commit is durable when the action returns</b>: {@code PRAGMA
 * synchronous = FULL}. In WAL mode with {@code NORMAL} a power cut drops the last commits, the map is ahead of the
 * data, and messages are lost. {@link TableSequenceMap} has no such condition and applies exactly once.
 *
 * <p>The manager binds the map to its database: both have a random id and a counter, in the map's file and in the table
 * {@code __harmonylite__snapshot_binding}. Recovery ignores the positions of a map next to a database that was created
 * anew, replaced by other means than a restore, or set back to an older copy.
 *
 * <p>The file is replaced as a whole: the new one is written under another name in the same directory, synced and
 * renamed, and the directory is synced. A reader, or a crash at any moment, finds the old positions or the new ones. A
 * map has one writer: {@code <map>.lock} is locked while the map is open. The empty lock file stays in the directory.
 *
 * <p>Thread-safe. An interrupt does not cut off a write; the interrupt flag is kept. The action of {@link #apply} may
 * use this map. It must not call the manager or {@link #close}, or wait for the action of another thread.
 */
public final class FileSequenceMap implements SequenceMap {

    static {
        FileMapAccess.publish(map -> map instanceof FileSequenceMap file ? file.control : null);
    }

    private final MapFile file;
    private final SequenceMapContents contentsAtOpen;
    private final Durability.WriteRule writeRule;
    private final Gate gate;
    private final InMemoryPositions counted;
    private final GroupCommit commit = new GroupCommit(this::write);
    private final FileMapControl control;

    private FileSequenceMap(MapFile file, MapFileContents found, Durability durability, Binds binds) {
        this.file = file;
        this.contentsAtOpen = found.contents();
        this.writeRule = durability.newRule();
        this.gate = new Gate("the sequence map " + file.path());
        this.counted = new InMemoryPositions(found.data());
        this.control = new FileMapControl(gate, counted, commit, binds);
    }

    /**
     * Opens a map with default options, as {@link Builder#open} does.
     *
     * @param file the map; the file may be missing, its directory must exist
     */
    public static FileSequenceMap open(Path file) {
        return builder(file).open();
    }

    /**
     * Opens a map with default options and adopts it from HarmonyLite, as {@link Builder#adopt} does.
     *
     * @param file the map; the file may be missing, its directory must exist
     */
    public static FileSequenceMap adopt(Path file) {
        return builder(file).adopt();
    }

    /** Returns a builder that opens a map with other options. */
    public static Builder builder(Path file) {
        return new Builder(file);
    }

    /**
     * Reads a map, also one of HarmonyLite's. Takes no lock and writes nothing. While a writer has the map open, the
     * result is one state that was written.
     *
     * @throws CorruptSequenceMapException if the file is damaged, or was rewritten in place
     */
    public static SequenceMapContents read(Path file) {
        Objects.requireNonNull(file, "file");
        try {
            MapFileContents found = MapFileContents.read(new SystemFileOperations(), file);
            found.requireWhole(file);
            return found.contents();
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /**
     * Runs the host's transaction for one message and then counts the message, unless it was counted before. The action
     * is responsible for the durability of its transaction; the count is as durable as {@link Durability} says.
     *
     * @param stream name of the stream
     * @param at the message; the next of its stream
     * @param action applies the message and commits durably before it returns. Runs on this thread, may block, may use
     *     this map
     * @return true if the action ran; false if the message was counted before
     * @throws E if the action throws it; nothing is counted
     * @throws IllegalArgumentException if the sequence is 0
     * @throws IllegalStateException if the map is closed, or another thread is applying the same message
     * @throws OutOfSequenceException if it is not the next message, or belongs to another stream of that name; the
     *     action did not run
     * @throws ConcurrentRestoreException if a restore replaces the data, or did since the call began; the action did
     *     not run
     * @throws SnapshotInterruptedException if the thread was interrupted before the action ran
     * @throws SnapshotException if the file cannot be written: the action ran and the message is counted in memory
     *     only. The next count or {@link #flush} writes it; after a crash before that the message is applied again
     */
    public <E extends Exception> boolean apply(String stream, StreamPosition at, Action<E> action) throws E {
        return applyAll(List.of(new OneMessage(stream, at)), messages -> action.run());
    }

    /**
     * Runs one transaction of the host for several messages and then counts all of them in one step, which is written
     * once. Messages that were counted before are not passed to the action; if none is left, the action does not run.
     * The same guarantees hold as for {@link #apply}: if the action throws, none of the messages is counted. After a
     * crash before the count is written, all of them are applied again.
     *
     * @param messages the messages, those of each stream in order and without holes, except for those {@linkplain
     *     CountedMessage#skipped skipped}
     * @param action applies the messages passed to it, in that order, and commits durably before it returns. Runs on
     *     this thread, may block, may use this map
     * @return true if the action ran
     * @throws E if the action throws it; nothing is counted. Throws all that {@link #apply} throws
     */
    public <M extends CountedMessage, E extends Exception> boolean applyAll(List<M> messages, BatchAction<M, E> action)
            throws E {
        BatchCount.check(messages);
        List<M> claimed;
        long change;
        try (Gate.Pass pass = gate.enterInterruptibly()) {
            claimed = counted.claim(messages);
            try {
                if (!claimed.isEmpty()) {
                    action.run(claimed);
                    control.bindFirst();
                }
                change = counted.countAll(messages);
            } finally {
                counted.release(claimed);
            }
        }
        writeRule.counted(commit, change);
        return !claimed.isEmpty();
    }

    /**
     * Counts a message that the host has applied and committed, unless it was counted before.
     *
     * @return true if it was counted now
     * @throws IllegalArgumentException if the sequence is 0
     * @throws IllegalStateException if the map is closed
     * @throws OutOfSequenceException if it is not the next message, or belongs to another stream of that name
     * @throws ConcurrentRestoreException if a restore replaces the data, or did since the call began
     * @throws SnapshotException if the file cannot be written: the message is counted in memory only
     */
    public boolean applied(String stream, StreamPosition at) {
        Counting.checkMessage(stream, at);
        return count(stream, now -> Counting.applied(stream, now, at));
    }

    /**
     * Counts a message that this node has published and whose effect is in its database already. Earlier messages may
     * still be missing: the position waits for them.
     *
     * @return true if it was counted now
     * @throws IllegalArgumentException if the sequence is 0
     * @throws IllegalStateException if the map is closed, or the stream has too many ahead ranges
     * @throws OutOfSequenceException if it belongs to another stream of that name
     * @throws ConcurrentRestoreException if a restore replaces the data, or did since the call began
     * @throws SnapshotException if the file cannot be written: the message is counted in memory only
     */
    public boolean published(String stream, StreamPosition at) {
        Counting.checkMessage(stream, at);
        return count(stream, now -> Counting.published(stream, now, at));
    }

    /**
     * Counts sequences whose messages were deleted inside the stream and are not needed. The host vouches for that.
     * Earlier messages may still be missing: the position waits for them.
     *
     * @return true if any of them was counted now
     * @throws IllegalStateException if the map is closed, or the stream has too many ahead ranges
     * @throws ConcurrentRestoreException if a restore replaces the data, or did since the call began
     * @throws SnapshotException if the file cannot be written: the sequences are counted in memory only
     */
    public boolean skipped(String stream, SequenceRange sequences) {
        AheadRange range = Counting.checkRange(stream, sequences);
        return count(stream, now -> Counting.skipped(stream, now, range));
    }

    private boolean count(String stream, UnaryOperator<StreamProgress> rule) {
        InMemoryPositions.Count count;
        try (Gate.Pass pass = gate.enter()) {
            control.bindFirst();
            count = counted.count(stream, rule);
        }
        writeRule.counted(commit, count.change());
        return count.isNew();
    }

    /**
     * Writes the counts that are in memory only; durable on return.
     *
     * @throws SnapshotException if the file cannot be written
     */
    public void flush() {
        commit.await(counted.lastChange());
    }

    /** Returns the positions as counted; the file may be behind. */
    public Positions positions() {
        return counted.state().data().positions();
    }

    /** Returns the contents that the file had when it was opened. */
    public SequenceMapContents contentsAtOpen() {
        return contentsAtOpen;
    }

    /** Returns the path of the file, with symbolic links resolved. */
    public Path file() {
        return file.path();
    }

    /**
     * Waits for running actions, writes the counts that are in memory only, and releases the lock, also if the write
     * fails. Idempotent.
     *
     * @throws IllegalStateException if called inside an action
     * @throws SnapshotException if the file cannot be written
     */
    @Override
    public void close() {
        if (gate.close()) {
            try (file) {
                flush();
            }
        }
    }

    /** Writes everything that was counted. Repeats an interrupted write, and keeps the interrupt. */
    private long write() {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return replaceFile();
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
                "the sequence map " + file.path() + " cannot be written, no space is left: " + e.getMessage()
                        + ". The file is intact and the counts are in memory; make room, then continue or flush",
                e);
    }

    private long replaceFile() throws IOException {
        AtomicLong last = new AtomicLong();
        file.write(() -> {
            InMemoryPositions.State state = counted.state();
            last.set(state.lastChange());
            return SequenceMapCodec.encode(state.data());
        });
        return last.get();
    }

    /** Applies a message. */
    @FunctionalInterface
    public interface Action<E extends Exception> {

        /** Applies the message and commits. */
        void run() throws E;
    }

    /** Applies several messages in one transaction. */
    @FunctionalInterface
    public interface BatchAction<M extends CountedMessage, E extends Exception> {

        /**
         * Applies the messages in order and commits.
         *
         * @param messages the messages that were not counted before; at least one
         */
        void run(List<M> messages) throws E;
    }

    private record OneMessage(String stream, StreamPosition at) implements CountedMessage {}

    /** Whether a map is bound to its database. */
    enum Binds {
        /** The map belongs to a database. */
        YES,
        /** The map is a copy. */
        NO
    }

    /** Opens maps. Default: {@link Durability#EVERY_APPLY}, bound to its database. Not thread-safe. */
    public static final class Builder {

        private final Path file;
        private Durability durability = Durability.EVERY_APPLY;
        private Binds binds = Binds.YES;
        private FileOperations files = new SystemFileOperations();

        private Builder(Path file) {
            this.file = Objects.requireNonNull(file, "file");
        }

        /** Sets when counts are written. */
        public Builder durability(Durability value) {
            durability = Objects.requireNonNull(value, "durability");
            return this;
        }

        /**
         * Never binds the map to a database, for a private copy of a map in which another process counts: the mark in
         * the database belongs to the other map. By default takes, {@code start()}, recovery and the first count write
         * one mark into the database and the map, by which recovery sees that they belong together.
         */
        public Builder withoutBinding() {
            binds = Binds.NO;
            return this;
        }

        /**
         * Opens a map of this library. A file that is missing or has 0 bytes belongs to a new node; it is written at
         * once.
         *
         * @throws SnapshotConfigurationException if the file is HarmonyLite's, which {@link #adopt} accepts; if its
         *     directory is missing, or it cannot be written
         * @throws CorruptSequenceMapException if the file is damaged, or HarmonyLite has rewritten it
         * @throws SequenceMapInUseException if the map is open already, in this process or another
         */
        public FileSequenceMap open() {
            return open(MapFileContents::requireOurs);
        }

        /**
         * Opens a map and adopts it from HarmonyLite. The host vouches that HarmonyLite has stopped. Accepts all that
         * {@link #open} accepts, HarmonyLite's own maps, and a map of this library that HarmonyLite has rewritten. Logs
         * what the file held; {@link FileSequenceMap#contentsAtOpen} returns it. HarmonyLite counts messages that it
         * never applied if it publishes while messages of other nodes wait (fault D4).
         *
         * @throws SnapshotConfigurationException if the directory of the file is missing, or the file cannot be written
         * @throws CorruptSequenceMapException if the file is neither program's sequence map
         * @throws SequenceMapInUseException if the map is open already, in this process or another of this library
         */
        public FileSequenceMap adopt() {
            return open(MapFileContents::logAdoption);
        }

        /** Sets the seam over file operations, for tests. */
        Builder files(FileOperations value) {
            files = value;
            return this;
        }

        private FileSequenceMap open(MapFileContents.Check check) {
            try {
                MapFile locked = MapFile.lock(files, MapFile.resolve(file));
                try {
                    return open(locked, check);
                } catch (IOException | RuntimeException | Error e) {
                    try (locked) {
                        throw e;
                    }
                }
            } catch (IOException e) {
                throw LocalFailures.translate(e);
            }
        }

        private FileSequenceMap open(MapFile locked, MapFileContents.Check check) throws IOException {
            MapFileContents found = MapFileContents.read(files, locked.path());
            check.check(found, locked.path());
            FileSequenceMap map = new FileSequenceMap(locked, found, durability, binds);
            if (!found.isOurs()) {
                map.replaceFile();
            }
            return map;
        }
    }
}
