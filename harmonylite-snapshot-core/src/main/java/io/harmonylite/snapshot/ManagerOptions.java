package io.harmonylite.snapshot;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.take.CaptureThrottle;
import io.harmonylite.snapshot.internal.take.TakeSettings;
import io.harmonylite.snapshot.internal.take.TakeSource.UnpublishedPolicy;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Options of {@link SnapshotManager}s. Defaults, beside those of {@link CommonOptions}:
 *
 * <ul>
 *   <li>node {@code node}
 *   <li>scratch files in the database's own directory
 *   <li>compaction {@link Compaction#WHEN_WORTHWHILE}, zstd level 1
 *   <li>the copy is checked by {@code quick_check}
 *   <li>reserved objects alone are left out, and nothing that stays may name them
 *   <li>grace period 24 hours, and no retention; trimming is off
 *   <li>health as {@link HealthPolicy#defaults} says
 *   <li>nothing is throttled
 *   <li>no trigger; a loop as {@link WatchOptions} says
 *   <li>no sequence map, no streams, no lease, no changes to be published; a take waits 30 seconds for those to be published
 * </ul>
 */
public abstract sealed class ManagerOptions extends CommonOptions<SnapshotManager.Builder>
        permits SnapshotManager.Builder {

    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9_]{1,32}");
    private static final int MAX_LEVEL = 19;

    final Path database;
    Duration grace = PruneRequest.DEFAULT_GRACE;
    HealthPolicy healthPolicy = HealthPolicy.defaults();

    @Nullable
    RetentionPolicy retention;

    @Nullable
    TrimPolicy trimming;

    @Nullable
    Trigger trigger;

    WatchOptions watch = WatchOptions.defaults();

    @Nullable
    SequenceMap positions;

    @Nullable
    Streams streams;

    @Nullable
    SnapshotLease lease;

    @Nullable
    PendingChanges localChanges;

    Duration patience = Duration.ofSeconds(30);
    UnpublishedPolicy unpublished = UnpublishedPolicy.REFUSED;

    private final SnapshotCatalog catalog;
    private String node = "node";
    private @Nullable Path scratch;
    private Compaction compaction = Compaction.WHEN_WORTHWHILE;
    private int level = 1;
    private SoundnessCheck check = SoundnessCheck.QUICK;
    private Set<String> excluded = Set.of();
    private DanglingReferences dangling = DanglingReferences.REFUSED;
    private @Nullable Long captureRate;
    private @Nullable Long uploadRate;
    private @Nullable Long fetchRate;
    private long walLimit = 1L << 30;

    ManagerOptions(Path database, SnapshotCatalog catalog) {
        this.database = database;
        this.catalog = catalog;
    }

    /**
     * Who takes the snapshots, part of their ids.
     *
     * @param value {@code [A-Za-z0-9_]{1,32}}
     */
    public SnapshotManager.Builder node(String value) {
        if (!NODE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a node: '" + value + "'; it has 1 to 32 of [A-Za-z0-9_]");
        }
        node = value;
        return self();
    }

    /** Where copies are made: a directory that exists, with room for the database, twice where it is compacted. */
    public SnapshotManager.Builder scratchDirectory(Path directory) {
        scratch = Objects.requireNonNull(directory, "directory");
        return self();
    }

    /** Whether copies are compacted. */
    public SnapshotManager.Builder compaction(Compaction value) {
        compaction = Objects.requireNonNull(value, "compaction");
        return self();
    }

    /**
     * How hard pages are compressed.
     *
     * @param value a zstd level, 1 to 19
     */
    public SnapshotManager.Builder compressionLevel(int value) {
        if (value < 1 || value > MAX_LEVEL) {
            throw new IllegalArgumentException("a compression level is 1 to 19, not " + value);
        }
        level = value;
        return self();
    }

    /** Checks every copy by {@code integrity_check} instead of {@code quick_check}: indexes too, and slower. */
    public SnapshotManager.Builder fullCheck() {
        check = SoundnessCheck.FULL;
        return self();
    }

    /**
     * Leaves these tables out of snapshots, their indexes and triggers with them. A take fails where one is missing. A
     * restore does without them, unless a {@link StagedEdit} creates them again.
     */
    public SnapshotManager.Builder excludeTables(String... tables) {
        excluded = Set.of(tables);
        return self();
    }

    /** Takes snapshots even where a view, trigger or foreign key names a table that is left out. */
    public SnapshotManager.Builder allowDanglingReferences() {
        dangling = DanglingReferences.ALLOWED;
        return self();
    }

    /**
     * How long packs that no manifest names, and snapshots that are retired, are safe from pruning. A take that needs
     * more than half of it fails. The same everywhere the store is used.
     */
    public SnapshotManager.Builder grace(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("a grace period is positive: " + value);
        }
        grace = value;
        return self();
    }

    /** Which snapshots {@link SnapshotManager#prune} keeps. */
    public SnapshotManager.Builder retention(RetentionPolicy value) {
        retention = Objects.requireNonNull(value, "retention");
        return self();
    }

    /** When {@link SnapshotManager#start the loop} takes a snapshot. */
    public SnapshotManager.Builder trigger(Trigger value) {
        trigger = Objects.requireNonNull(value, "trigger");
        return self();
    }

    /** How the loop runs. */
    public SnapshotManager.Builder watch(WatchOptions value) {
        watch = Objects.requireNonNull(value, "watch");
        return self();
    }

    /** From when on {@link SnapshotManager#health} is stale. */
    public SnapshotManager.Builder healthPolicy(HealthPolicy value) {
        healthPolicy = Objects.requireNonNull(value, "healthPolicy");
        return self();
    }

    /** What {@link SnapshotManager#trim} removes from streams and change logs. It needs {@link #streams}. */
    public SnapshotManager.Builder trimming(TrimPolicy value) {
        trimming = Objects.requireNonNull(value, "trimming");
        return self();
    }

    /**
     * How fast pages are copied from the live database at most, in WAL mode; in rollback mode, where writers wait for the
     * copy, it is never slowed down. While it lasts the log cannot be emptied: see {@link #walLimitBytes}.
     *
     * @throws IllegalArgumentException where it is less than 1
     */
    public SnapshotManager.Builder captureBytesPerSecond(long value) {
        captureRate = rate(value);
        return self();
    }

    /**
     * How large the {@code -wal} may become before a copy that is slowed down goes on as fast as can be; 1 GiB by default.
     *
     * @throws IllegalArgumentException where it is negative
     */
    public SnapshotManager.Builder walLimitBytes(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a limit is not negative: " + value);
        }
        walLimit = value;
        return self();
    }

    /**
     * How fast bytes are stored at most, all threads of this manager together.
     *
     * @throws IllegalArgumentException where it is less than 1
     */
    public SnapshotManager.Builder uploadBytesPerSecond(long value) {
        uploadRate = rate(value);
        return self();
    }

    /**
     * How fast bytes are fetched at most, all threads of this manager together.
     *
     * @throws IllegalArgumentException where it is less than 1
     */
    public SnapshotManager.Builder fetchBytesPerSecond(long value) {
        fetchRate = rate(value);
        return self();
    }

    private static long rate(long value) {
        if (value < 1) {
            throw new IllegalArgumentException("a rate is at least 1 byte per second, not " + value);
        }
        return value;
    }

    /** The durable positions of the streams: read by takes, set by restores. It stays the host's to close. */
    public SnapshotManager.Builder positions(SequenceMap value) {
        positions = Objects.requireNonNull(value, "positions");
        return self();
    }

    /** The streams that the host follows. They need {@link #positions}. */
    public SnapshotManager.Builder streams(Streams value) {
        streams = Objects.requireNonNull(value, "streams");
        return self();
    }

    /**
     * Who takes, where several nodes could: a take that another node's lease forbids is a
     * {@link SnapshotInProgressException}. It saves double work and nothing else: a take goes on where the lease cannot
     * be asked for, or is lost. It stays the host's.
     */
    public SnapshotManager.Builder lease(SnapshotLease value) {
        lease = Objects.requireNonNull(value, "lease");
        return self();
    }

    /** The changes of this node that are not published yet. */
    public SnapshotManager.Builder localChanges(PendingChanges value) {
        localChanges = Objects.requireNonNull(value, "localChanges");
        return self();
    }

    /** How long a take waits for a state in which nothing is still to be published, before it fails. */
    public SnapshotManager.Builder publishingPatience(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("a time is not negative: " + value);
        }
        patience = value;
        return self();
    }

    /**
     * Takes a snapshot also where the wait for that was in vain. What is in it and not published is told by {@link
     * SnapshotInfo#pending}: whoever restores it is given those messages once more.
     */
    public SnapshotManager.Builder recordUnpublished() {
        unpublished = UnpublishedPolicy.RECORDED;
        return self();
    }

    /** Refuses what does not go together. */
    void requireConsistent() {
        if (streams != null && positions == null) {
            throw new SnapshotConfigurationException(
                    "streams are followed by positions: give the manager of " + database + " a sequence map too");
        }
        if (streams == null && trigger != null && trigger.needsStreams()) {
            throw new SnapshotConfigurationException("a snapshot would never be due " + trigger
                    + ": give the manager of " + database + " streams, or another trigger");
        }
    }

    SnapshotCatalog throttledCatalog() {
        return uploadRate == null && fetchRate == null
                ? catalog
                : catalog.throttled(
                        uploadRate == null ? null : Throttle.of(uploadRate),
                        fetchRate == null ? null : Throttle.of(fetchRate));
    }

    Set<String> leftOut() {
        Set<String> leftOut = new HashSet<>(excluded);
        leftOut.addAll(nodesTables());
        return leftOut;
    }

    private Set<String> nodesTables() {
        return localChanges == null ? Set.of() : localChanges.tables();
    }

    TakeSettings takeSettings() {
        return new TakeSettings(
                node,
                LibraryVersion.CURRENT,
                scratch,
                new Sanitizer(excluded, nodesTables(), dangling),
                compaction,
                check,
                level,
                new CaptureThrottle(captureRate, walLimit),
                grace);
    }

    Path scratch() {
        Path parent = database.toAbsolutePath().getParent();
        return scratch == null ? Objects.requireNonNull(parent, "an absolute path of a file has one") : scratch;
    }
}
