package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.take.TakePipeline;
import io.harmonylite.snapshot.internal.take.TakeSettings;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of a live database and restores onto it. One manager for one database and one name in a store; a host
 * has as many as it has databases.
 *
 * <p>Thread-safe. One take or restore at a time: a second one is refused, it does not wait. Store, executor and
 * connections stay the host's.
 */
public final class SnapshotManager implements AutoCloseable {

    private final Path database;
    private final SnapshotRepository repository;
    private final TakePipeline pipeline;
    private final @Nullable Retention retention;
    private final Duration grace;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean closed;

    private SnapshotManager(Builder builder) {
        Services services = builder.services();
        this.database = builder.database;
        this.repository = new SnapshotRepository(builder.catalog, services, builder.scratch(), builder.excluded);
        this.pipeline = new TakePipeline(services, builder.settings(), builder.catalog);
        this.retention = builder.retention;
        this.grace = builder.grace;
    }

    /**
     * Begins to build a manager.
     *
     * @param name what the database's snapshots are called in the store: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or
     *     {@code ..}. One name, one database
     * @param database path of the live database; it is never created and never opened but by SQLite
     * @throws IllegalArgumentException where the name is not of that form
     */
    public static Builder builder(String name, Path database, SnapshotStore store) {
        return new Builder(Objects.requireNonNull(database, "database"), SnapshotRepository.catalog(name, store));
    }

    /** Takes a snapshot that stands for no positions: for hosts without streams. As {@link #take(Positions)}. */
    public SnapshotInfo take() {
        return take(Positions.none());
    }

    /**
     * Takes a snapshot; committed, durable and confirmed on return. In WAL mode writers go on meanwhile; in rollback mode
     * they wait while the pages are copied.
     *
     * @param positions positions that the database has reached already: read them <em>before</em> the call, so that the
     *     image is never behind them
     * @throws DatabaseNotFoundException where there is no database
     * @throws DatabaseDamagedException where it is empty, damaged, encrypted or something else
     * @throws DatabaseInUseException where others keep it locked for longer than the busy time-out
     * @throws InsufficientSpaceException where there is too little room for the copy, or in the store
     * @throws SnapshotConfigurationException where a setting, a permission or the schema does not allow it
     * @throws SnapshotInProgressException where this manager is at work, or the database is being restored
     * @throws StoreUnavailableException where the store cannot be reached
     * @throws IndeterminateCommitException where the snapshot may or may not exist
     * @throws SnapshotInterruptedException where the thread was interrupted
     */
    public SnapshotInfo take(Positions positions) {
        return alone(() -> pipeline.run(DatabasePath.resolve(database), positions));
    }

    /** Lists the snapshots that are there now; as {@link SnapshotRepository#list}. */
    public SnapshotListing list() {
        return repository.list();
    }

    /** Verifies a snapshot; as {@link SnapshotRepository#verify}. */
    public VerifyReport verify(SnapshotId id, VerifyDepth depth) {
        return repository.verify(id, depth);
    }

    /** Restores onto the live database's path; as {@link SnapshotRepository#restore}. */
    public RestoreReport restore(RestoreRequest request) {
        return alone(() -> repository.restore(request, database));
    }

    /**
     * Retires the snapshots that the configured retention does not keep, and removes what nobody needs any more; as
     * {@link SnapshotRepository#prune}. Takes and restores may run meanwhile.
     *
     * @throws SnapshotConfigurationException where no retention is configured
     */
    public PruneReport prune() {
        checkOpen();
        if (retention == null) {
            throw new SnapshotConfigurationException(
                    "no retention is configured, so nothing says what to keep; give the manager's builder one");
        }
        return repository.prune(PruneRequest.keeping(retention).grace(grace));
    }

    /** The half without the live database. */
    public SnapshotRepository repository() {
        return repository;
    }

    /** Refuses further takes and restores. Idempotent; one that runs goes on to its end. */
    @Override
    public void close() {
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the manager of " + database + " is closed");
        }
    }

    private <T> T alone(Supplier<T> work) {
        checkOpen();
        if (!busy.compareAndSet(false, true)) {
            throw new SnapshotInProgressException(
                    "a take or restore of " + database + " runs already; wait until it is done");
        }
        try {
            return work.get();
        } finally {
            busy.set(false);
        }
    }

    /**
     * Builds managers. Defaults, beside those of {@link CommonOptions}:
     *
     * <ul>
     *   <li>node {@code node}
     *   <li>scratch files in the database's own directory
     *   <li>compaction {@link Compaction#WHEN_WORTHWHILE}, zstd level 1
     *   <li>the copy is checked by {@code quick_check}
     *   <li>reserved objects alone are left out, and nothing that stays may name them
     *   <li>grace period 24 hours, and no retention
     * </ul>
     */
    public static final class Builder extends CommonOptions<Builder> {

        private static final Pattern NODE = Pattern.compile("[A-Za-z0-9_]{1,32}");
        private static final int MAX_LEVEL = 19;

        private final Path database;
        private final SnapshotCatalog catalog;
        private String node = "node";
        private @Nullable Path scratch;
        private Compaction compaction = Compaction.WHEN_WORTHWHILE;
        private int level = 1;
        private SoundnessCheck check = SoundnessCheck.QUICK;
        private Set<String> excluded = Set.of();
        private DanglingReferences dangling = DanglingReferences.REFUSED;
        private Duration grace = PruneRequest.DEFAULT_GRACE;
        private @Nullable Retention retention;

        private Builder(Path database, SnapshotCatalog catalog) {
            this.database = database;
            this.catalog = catalog;
        }

        /**
         * Who takes the snapshots, part of their ids.
         *
         * @param value {@code [A-Za-z0-9_]{1,32}}
         */
        public Builder node(String value) {
            if (!NODE.matcher(value).matches()) {
                throw new IllegalArgumentException("not a node: '" + value + "'; it has 1 to 32 of [A-Za-z0-9_]");
            }
            node = value;
            return this;
        }

        /** Where copies are made: a directory that exists, with room for the database, twice where it is compacted. */
        public Builder scratchDirectory(Path directory) {
            scratch = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** Whether copies are compacted. */
        public Builder compaction(Compaction value) {
            compaction = Objects.requireNonNull(value, "compaction");
            return this;
        }

        /**
         * How hard pages are compressed.
         *
         * @param value a zstd level, 1 to 19
         */
        public Builder compressionLevel(int value) {
            if (value < 1 || value > MAX_LEVEL) {
                throw new IllegalArgumentException("a compression level is 1 to 19, not " + value);
            }
            level = value;
            return this;
        }

        /** Checks every copy by {@code integrity_check} instead of {@code quick_check}: indexes too, and slower. */
        public Builder fullCheck() {
            check = SoundnessCheck.FULL;
            return this;
        }

        /**
         * Leaves these tables out of snapshots, their indexes and triggers with them. A take fails where one is missing. A
         * restore does without them, unless a {@link StagedEdit} creates them again.
         */
        public Builder excludeTables(String... tables) {
            excluded = Set.of(tables);
            return this;
        }

        /** Takes snapshots even where a view, trigger or foreign key names a table that is left out. */
        public Builder allowDanglingReferences() {
            dangling = DanglingReferences.ALLOWED;
            return this;
        }

        /**
         * How long packs that no manifest names, and snapshots that are retired, are safe from pruning. A take that needs
         * more than half of it fails. The same everywhere the store is used.
         */
        public Builder grace(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("a grace period is positive: " + value);
            }
            grace = value;
            return this;
        }

        /** Which snapshots {@link SnapshotManager#prune} keeps. */
        public Builder retention(Retention value) {
            retention = Objects.requireNonNull(value, "retention");
            return this;
        }

        /** Builds it; does no I/O. */
        public SnapshotManager build() {
            return new SnapshotManager(this);
        }

        private TakeSettings settings() {
            return new TakeSettings(
                    node,
                    LibraryVersion.CURRENT,
                    scratch,
                    new Sanitizer(excluded, dangling),
                    compaction,
                    check,
                    level,
                    grace);
        }

        private Path scratch() {
            Path parent = database.toAbsolutePath().getParent();
            return scratch == null ? Objects.requireNonNull(parent, "an absolute path of a file has one") : scratch;
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
