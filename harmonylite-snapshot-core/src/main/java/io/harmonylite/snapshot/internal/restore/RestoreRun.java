package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.InstallMethod;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.install.DamagedInstall;
import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.install.OnlineInstall;
import io.harmonylite.snapshot.internal.install.Replacement;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.install.SwapInstall;
import io.harmonylite.snapshot.internal.install.SwapInstall.Previous;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.restore.NodeRestore.Live;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SchemaGuard;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt to restore one snapshot, under the restore lock of its target. */
public final class RestoreRun {

    private static final String ROLLBACK = "delete";

    private final Services services;
    private final Stages stages;
    private final SchemaGuard guard;
    private final RestoreRequest request;
    private final DatabasePath target;
    private final String restoreId;
    private final RestoreLock lock;
    private final NodeState node;
    private final @Nullable Positions positions;

    public RestoreRun(
            Services services,
            SchemaGuard guard,
            RestoreRequest request,
            DatabasePath target,
            String restoreId,
            RestoreLock lock,
            NodeState node,
            @Nullable Positions positions) {
        this.services = services;
        this.stages = services.stages();
        this.guard = guard;
        this.request = request;
        this.target = target;
        this.restoreId = restoreId;
        this.lock = lock;
        this.node = node;
        this.positions = positions;
    }

    public Restored run(Candidate snapshot, ScratchDirectory scratch) {
        Positions reached = positions == null ? snapshot.positions() : positions;
        requirePositions(snapshot.id(), reached);
        TargetProbe probe = stages.run(Stage.SELECT, () -> probe(snapshot.image()));
        Path staged = scratch.resolve("staged.db");
        PrivateImage image = new PrivateImage(staged, services.connector().untrusting());
        FetchedBytes bytes = stages.run(Stage.FETCH, () -> snapshot.fetch(staged, replaced(probe)));
        stages.run(Stage.VERIFY, () -> verify(image, snapshot, probe));
        SnapshotInfo info = snapshot.info();
        NodeState state = withTables(probe, reached);
        // The map is blocked before the writers: an action of the map may wait for a writer, but no writer for an
        // action.
        try (NodeRestore own = NodeRestore.begin(state, reached, restoreId);
                WriteBarrier.Hold hold = holdWriters()) {
            stages.run(Stage.STAGE, () -> stage(image, snapshot, probe, own, reached));
            Optional<Path> kept = stages.run(Stage.INSTALL, () -> install(staged, snapshot.image(), probe, own));
            return new Restored(info, kept, bytes);
        }
    }

    /** Returns the database whose pages may be used. An online restore writes all pages anyway. */
    private @Nullable TargetProbe replaced(TargetProbe probe) {
        return request.method() == InstallMethod.SWAP ? probe : null;
    }

    private void requirePositions(SnapshotId id, Positions reached) {
        if (request.arePositionsRequired() && reached.isEmpty()) {
            throw new SnapshotConfigurationException(
                    "snapshot " + id + " has no positions, so the sequence map cannot be"
                            + " set; choose another snapshot, or restore without the map");
        }
    }

    /**
     * Adds a table map that the host did not name but whose tables exist: without it the positions would be lost with
     * the old file.
     */
    private NodeState withTables(TargetProbe probe, Positions reached) {
        return node.map() == null && probe.isReadable() && !reached.isEmpty()
                ? new NodeState(MapControl.inside(target, services.connector()).orElse(null), node.changes())
                : node;
    }

    /** Reads the state of the target, and rejects an impossible restore before anything is fetched. */
    private TargetProbe probe(ImageInfo image) throws IOException {
        TargetProbe probe = TargetProbe.of(target, services.connector());
        if (request.method() == InstallMethod.ONLINE) {
            probe.requireOnline(image);
            long bytes = image.bytes() + probe.bytesForOnline(image);
            FreeSpace.require(services.files(), target.directory(), bytes, "restoring online");
        } else if (!request.isDamagedReplaced()) {
            probe.requireSound();
        }
        return probe;
    }

    private void verify(PrivateImage image, Candidate snapshot, TargetProbe probe) {
        List<Runnable> checks = List.of(() -> writeBack(image), () -> snapshot.verify(image, request.isCheckForced()));
        services.loop().run(checks.size(), () -> number -> checks.get(number).run());
        if (isGuarded(probe) && request.edit().isEmpty()) {
            guard.check(image, target);
        }
    }

    /** Starts writing the image to disk while SQLite checks it, so that the sync after the edits is short. */
    private void writeBack(PrivateImage image) {
        try (FileChannel channel = services.files().openForWrite(image.file())) {
            services.files().sync(channel);
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    private boolean isGuarded(TargetProbe probe) {
        return probe.isReadable() && !request.isSchemaChangeAllowed();
    }

    /**
     * Returns the host's edit, followed by the schema check: the edit may migrate the image to the expected schema.
     */
    private Optional<StagedEdit> edit(TargetProbe probe) {
        if (!isGuarded(probe)) {
            return request.edit();
        }
        return request.edit().map(host -> staged -> {
            host.apply(staged);
            guard.check(staged, target);
        });
    }

    /** Holds the writers. A swap needs no barrier, because no connection is open then. */
    private WriteBarrier.Hold holdWriters() {
        try {
            WriteBarrier barrier = request.barrier().orElseGet(WriteBarrier::noWriters);
            return Objects.requireNonNull(barrier.hold(), "the write barrier returned no hold");
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    /**
     * Edits the staged image and sets its journal mode. For an online restore that is rollback mode; SQLite then gives
     * the database its own mode back.
     */
    private void stage(PrivateImage image, Candidate snapshot, TargetProbe probe, NodeRestore own, Positions reached)
            throws IOException {
        String journalMode =
                request.method() == InstallMethod.ONLINE ? ROLLBACK : probe.journalModeAfter(snapshot.image());
        List<StagedEdit> hosts =
                new ArrayList<>(own.ofPendingChanges(new Live(probe, services.connector()), request.pendingChanges()));
        edit(probe).ifPresent(hosts::add);
        OriginTable origin = new OriginTable(
                restoreId, services.clock().instant(), snapshot.id(), reached, snapshot.possiblyMissing());
        Path directory = Objects.requireNonNull(image.file().getParent(), "a staged file has a directory");
        FreeSpace.watched(directory, snapshot.image().bytes(), "editing the image", () -> {
            new Edits(services).run(image, own.ofMap(), hosts, origin, journalMode);
            return image;
        });
    }

    private Optional<Path> install(Path staged, ImageInfo image, TargetProbe probe, NodeRestore own)
            throws IOException {
        Optional<Path> kept;
        try {
            kept = install(staged, image, probe);
        } catch (IOException | RuntimeException | Error e) {
            if (own.isAwaited() && mayBeInPlace(staged)) {
                own.uncertain();
                lock.leaveNote();
            }
            throw e;
        }
        try {
            own.installed();
        } catch (RuntimeException | Error e) {
            lock.leaveNote();
            throw e;
        }
        return kept;
    }

    /** Returns whether a failed install may have put the image in its place. */
    private boolean mayBeInPlace(Path staged) {
        if (request.method() == InstallMethod.SWAP) {
            return !Files.exists(staged);
        }
        try {
            return DatabaseLook.at(target, services.connector())
                    .origin()
                    .filter(origin -> origin.restoreId().equals(restoreId))
                    .isPresent();
        } catch (IOException | SnapshotException e) {
            return true; // Unknown now; the next operation on this database finds out.
        }
    }

    private Optional<Path> install(Path staged, ImageInfo image, TargetProbe probe) throws IOException {
        Replacement replacement = new Replacement(services.files(), target, lock, restoreId);
        return switch (request.method()) {
            case SWAP -> swap(staged, probe, replacement);
            case ONLINE -> online(staged, image, probe, replacement);
        };
    }

    private Optional<Path> online(Path staged, ImageInfo image, TargetProbe probe, Replacement replacement)
            throws IOException {
        OnlineInstall online = new OnlineInstall(
                replacement, services.connector(), (done, all) -> stages.progressed(Stage.INSTALL, done, all));
        return FreeSpace.use(
                services.files(),
                target.directory(),
                probe.bytesForOnline(image),
                "restoring online",
                () -> online.install(staged));
    }

    private Optional<Path> swap(Path staged, TargetProbe probe, Replacement replacement) throws IOException {
        if (probe.damage() != null) {
            return new DamagedInstall(replacement).install(staged);
        }
        Previous previous = request.isPreviousKept() ? Previous.KEPT : Previous.DROPPED;
        try {
            return new SwapInstall(replacement, services.connector(), previous).install(staged);
        } catch (DatabaseDamagedException e) {
            if (!request.isDamagedReplaced()) {
                throw e;
            }
            return new DamagedInstall(replacement).install(staged); // Damage was found before anything was replaced.
        }
    }

    /**
     * The result of an attempt.
     *
     * @param snapshot the snapshot
     * @param kept the previous file; empty if it was not kept
     * @param bytes origin of its pages
     */
    public record Restored(SnapshotInfo snapshot, Optional<Path> kept, FetchedBytes bytes) {}
}
