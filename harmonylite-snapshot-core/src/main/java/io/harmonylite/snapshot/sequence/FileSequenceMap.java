package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.sequence.FileMap;
import io.harmonylite.snapshot.internal.sequence.FileMapHandle;
import io.harmonylite.snapshot.internal.sequence.Takeover;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Positions in a file beside the database, in HarmonyLite's format and readable by HarmonyLite.
 *
 * <p>{@link #apply} is the way to use it: it runs the host's transaction and then counts, both under a <em>gate</em> that
 * a take closes for the instant in which it reads positions and begins its read transaction. So no message is in an image
 * and replayed on top of it. A host that commits by itself and calls {@link #applied} afterwards is safe against loss, but
 * not against that.
 *
 * <p>After a crash the file may be behind the data by what was not yet written, and those messages are applied again: at
 * least once. For that <b>the host's commit must be durable when the action returns</b>: {@code PRAGMA synchronous =
 * FULL}. In WAL mode with {@code NORMAL} a power cut drops the last commits and leaves the map ahead of the data, and
 * messages are lost. {@link TableSequenceMap} has no such condition and applies exactly once.
 *
 * <p>The file is replaced as a whole: written beside it, synced, renamed over it, directory synced; a reader, or a crash
 * at any moment, finds the old positions or the new ones. One writer: {@code <map>.lock} is locked while the map is open,
 * and stays behind, empty.
 *
 * <p>Thread-safe. Interrupts do not cut off a write and are kept. The map may be used inside the action of {@link #apply};
 * the manager, {@link #close} and the other maps' actions that wait for this one may not.
 */
@SuppressWarnings("exports") // Nobody outside needs to know what it extends.
public final class FileSequenceMap extends FileMapHandle implements SequenceMap {

    private FileSequenceMap(FileMap map) {
        super(map);
    }

    /**
     * Opens a map with default options; as {@link Builder#open}.
     *
     * @param file the map; may be missing, its directory may not
     */
    public static FileSequenceMap open(Path file) {
        return builder(file).open();
    }

    /**
     * Opens a map and takes it over from HarmonyLite, with default options; as {@link Builder#adopt}.
     *
     * @param file the map; may be missing, its directory may not
     */
    public static FileSequenceMap adopt(Path file) {
        return builder(file).adopt();
    }

    /** Begins to open a map with other options. */
    public static Builder builder(Path file) {
        return new Builder(file);
    }

    /**
     * Reads a map, HarmonyLite's too, without taking a lock or writing anything; beside a writer it sees one state that
     * was written.
     *
     * @throws CorruptSequenceMapException where it is damaged, or was rewritten in place
     */
    public static SequenceMapContents read(Path file) {
        return FileMap.read(new SystemFileOperations(), Objects.requireNonNull(file, "file"));
    }

    /**
     * Runs the host's transaction for one message and then counts the message, unless it was counted before. On return
     * the transaction is the action's affair, and the count as durable as {@link Durability} says.
     *
     * @param stream name of the stream
     * @param at the message; the next of its stream
     * @param action applies the message; commits, durably, before it returns. Runs on this thread, may block, may use this
     *     map
     * @return whether the action ran; false where the message was counted before
     * @throws E what the action throws; nothing is counted then
     * @throws IllegalArgumentException where the sequence is 0
     * @throws IllegalStateException where the map is closed, or another thread applies the same message at this moment
     * @throws OutOfSequenceException where it is not the next message, or of another stream of that name; the action did not run
     * @throws ConcurrentRestoreException where a restore replaces the data, or did since the call began; the action did not
     *     run
     * @throws SnapshotInterruptedException where the thread was interrupted before the action ran
     * @throws SnapshotException where the file cannot be written: the action ran and the message is counted, but not on
     *     disk. The next count or {@link #flush} writes it; a crash before that has it applied again
     */
    public <E extends Exception> boolean apply(String stream, StreamPosition at, Action<E> action) throws E {
        return applyAndGet(stream, at, () -> {
                    action.run();
                    return true;
                })
                .isPresent();
    }

    /**
     * As {@link #apply}, with an action that returns something.
     *
     * @return what the action returned; empty where the message was counted before and the action did not run, and where
     *     the action returned null, which counts all the same
     */
    public <T, E extends Exception> Optional<T> applyAndGet(String stream, StreamPosition at, Call<T, E> action)
            throws E {
        return map().apply(stream, at, action);
    }

    /**
     * Counts a message that the host has applied and committed, unless it was counted before.
     *
     * @return whether it was counted now
     * @throws IllegalArgumentException where the sequence is 0
     * @throws IllegalStateException where the map is closed
     * @throws OutOfSequenceException where it is not the next message, or of another stream of that name
     * @throws ConcurrentRestoreException where a restore replaces the data, or did since the call began
     * @throws SnapshotException where the file cannot be written: it is counted, but not on disk
     */
    public boolean applied(String stream, StreamPosition at) {
        return map().applied(stream, at);
    }

    /**
     * Counts a message that this node has published and whose effect is in its database already. It may be ahead of
     * messages that are still to come: the position waits for them.
     *
     * @return whether it was counted now
     * @throws IllegalArgumentException where the sequence is 0
     * @throws IllegalStateException where the map is closed, or there are too many ahead ranges
     * @throws OutOfSequenceException where it is of another stream of that name
     * @throws ConcurrentRestoreException where a restore replaces the data, or did since the call began
     * @throws SnapshotException where the file cannot be written: it is counted, but not on disk
     */
    public boolean published(String stream, StreamPosition at) {
        return map().published(stream, at);
    }

    /**
     * Counts sequences that hold no message any more and need none: deleted inside the stream, by the host's own word.
     * As {@link #published}.
     *
     * @param from first sequence, at least 1
     * @param to last sequence, not less than {@code from}
     */
    public boolean skipped(String stream, long from, long to) {
        return map().skipped(stream, from, to);
    }

    /**
     * Writes what was counted and is not on disk; durable on return.
     *
     * @throws SnapshotException where it cannot be written
     */
    public void flush() {
        map().flush();
    }

    /** The positions, as counted: the file may be behind. */
    public Positions positions() {
        return map().positions();
    }

    /** What the file held when it was opened. */
    public SequenceMapContents found() {
        return map().found();
    }

    /** The file itself, symbolic links followed. */
    public Path file() {
        return map().file();
    }

    /**
     * Waits for running actions, writes what is not on disk, and gives the lock back, also where writing fails.
     * Idempotent.
     *
     * @throws IllegalStateException inside an action
     * @throws SnapshotException where it cannot be written
     */
    @Override
    public void close() {
        map().close();
    }

    /** Applies a message. */
    @FunctionalInterface
    public interface Action<E extends Exception> {

        /** Applies it, and commits. */
        void run() throws E;
    }

    /** Applies a message and returns something. */
    @FunctionalInterface
    public interface Call<T, E extends Exception> {

        /** Applies it, and commits. */
        T run() throws E;
    }

    /** Opens maps. Default: {@link Durability#EVERY_APPLY}. Not thread-safe. */
    public static final class Builder {

        private final Path file;
        private Durability durability = Durability.EVERY_APPLY;
        private FileOperations files = new SystemFileOperations();

        private Builder(Path file) {
            this.file = Objects.requireNonNull(file, "file");
        }

        /** When counts are written. */
        public Builder durability(Durability value) {
            durability = Objects.requireNonNull(value, "durability");
            return this;
        }

        /**
         * Opens the map of this library. A missing file, or one of 0 bytes, is a new node's; it is written at once.
         *
         * @throws SnapshotConfigurationException where it is HarmonyLite's, which {@link #adopt} takes over; where its
         *     directory is missing, or it must not be written
         * @throws CorruptSequenceMapException where it is damaged, or HarmonyLite has rewritten it
         * @throws SequenceMapInUseException where it is open already, in this process or another
         */
        public FileSequenceMap open() {
            return open(Takeover.REFUSED);
        }

        /**
         * Opens a map by the host's word that it takes over from HarmonyLite, which must have stopped: opens all that
         * {@link #open} does, HarmonyLite's own maps, and one of this library's that HarmonyLite has rewritten. What was
         * found is logged and in {@link FileSequenceMap#found}. Beware: HarmonyLite counts messages that it never applied
         * when it publishes while others wait.
         *
         * @throws SnapshotConfigurationException where its directory is missing, or it must not be written
         * @throws CorruptSequenceMapException where it is no sequence map of either
         * @throws SequenceMapInUseException where it is open already, in this process or another of this library
         */
        public FileSequenceMap adopt() {
            return open(Takeover.ALLOWED);
        }

        /** The seam over file operations, for tests. */
        Builder files(FileOperations value) {
            files = value;
            return this;
        }

        private FileSequenceMap open(Takeover takeover) {
            return new FileSequenceMap(FileMap.open(files, file, takeover, durability.policy()));
        }
    }
}
