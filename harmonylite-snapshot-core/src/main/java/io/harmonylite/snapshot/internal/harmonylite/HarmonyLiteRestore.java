package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotFile;
import io.harmonylite.snapshot.harmonylite.TagCheck;
import io.harmonylite.snapshot.internal.changelog.ImageInspection;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.restore.InterruptedRestoreRecovery;
import io.harmonylite.snapshot.internal.restore.RestoreRun;
import io.harmonylite.snapshot.internal.restore.RestoreRun.Restored;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SchemaGuard;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Restores a HarmonyLite snapshot. It does not record which messages it contains, so all messages that the streams keep
 * are applied on top of it.
 */
public final class HarmonyLiteRestore {

    private static final String TAKER = "harmonylite";

    private final Services services;
    private final Stages stages;
    private final SchemaGuard guard;
    private final String name;

    /** Creates a restore for a node; {@code leftOut} are tables that the host excludes from snapshots. */
    public HarmonyLiteRestore(Services services, String name, Set<String> leftOut) {
        this.services = services;
        this.stages = services.stages();
        this.guard = new SchemaGuard(services.connector(), leftOut);
        this.name = name;
    }

    /**
     * Restores a HarmonyLite snapshot and sets the map; durable on return. The facts about the streams were read before
     * the lookup: messages dropped in between show as a gap.
     */
    public HarmonyLiteRestoreReport run(
            HarmonyLiteRestoreRequest request, DatabasePath target, NodeState node, Map<String, StreamFacts> streams) {
        check(request, target, node, streams);
        InterruptedRestoreRecovery dead = new InterruptedRestoreRecovery(services, target, node);
        try (RestoreLock lock = RestoreLock.acquire(services.files(), target, services.connector(), dead);
                ScratchDirectory scratch = services.scratch().openFor(target.file(), null)) {
            return new Run(request, target, node, Continuation.of(streams), lock).run(scratch);
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /** Restores a HarmonyLite snapshot as a part of a recovery, which holds the lock of the target. */
    public RestoreReport join(
            HarmonyLiteRestoreRequest request,
            DatabasePath target,
            NodeState node,
            Continuation continuation,
            RestoreLock lock)
            throws IOException {
        try (ScratchDirectory scratch = services.scratch().openFor(target.file(), null)) {
            return new Run(request, target, node, continuation, lock)
                    .run(scratch)
                    .restore();
        }
    }

    private static void check(
            HarmonyLiteRestoreRequest request, DatabasePath target, NodeState node, Map<String, StreamFacts> streams) {
        if (!request.areUnknownPositionsAccepted()) {
            throw new UnknownPositionsException("the snapshot in " + request.source()
                    + " does not record which messages it contains: older messages may be missing, and newer ones may be"
                    + " applied again. Declare that unknown positions are accepted, or restore a snapshot taken by this"
                    + " library");
        }
        if (node.map() != null && streams.isEmpty()) {
            throw new SnapshotConfigurationException(
                    "the sequence map cannot be set because the streams are not known; name the streams that " + target
                            + " follows, or restore without the map");
        }
        if (request.source() instanceof HarmonyLiteSnapshotFile file
                && file.file().normalize().equals(target.file())) {
            throw new SnapshotConfigurationException(
                    target + " is the database to be replaced; name the file to restore from");
        }
    }

    /** Positions from which a node continues, messages that may be missing, and those applied again. */
    public record Continuation(
            Positions resume,
            SortedMap<String, SequenceRange> possiblyMissing,
            SortedMap<String, SequenceRange> replayed) {

        private static Continuation of(Map<String, StreamFacts> streams) {
            Positions resume = Positions.none();
            SortedMap<String, SequenceRange> possiblyMissing = new TreeMap<>();
            SortedMap<String, SequenceRange> replayed = new TreeMap<>();
            for (StreamFacts stream : streams.values()) {
                StreamState state = Objects.requireNonNull(stream.state(), "only existing streams are passed");
                resume = resume.with(stream.stream(), state.at(state.first() - 1, null));
                stream.missingAfter(0).ifPresent(missing -> possiblyMissing.put(stream.stream(), missing));
                if (state.last() >= state.first()) {
                    replayed.put(stream.stream(), new SequenceRange(state.first(), state.last()));
                }
            }
            return new Continuation(resume, possiblyMissing, replayed);
        }
    }

    /** One restore, under the restore lock of its target. */
    private final class Run {

        private final HarmonyLiteRestoreRequest request;
        private final DatabasePath target;
        private final NodeState node;
        private final Continuation continuation;
        private final RestoreLock lock;
        private final long start = System.nanoTime();

        Run(
                HarmonyLiteRestoreRequest request,
                DatabasePath target,
                NodeState node,
                Continuation continuation,
                RestoreLock lock) {
            this.request = request;
            this.target = target;
            this.node = node;
            this.continuation = continuation;
            this.lock = lock;
        }

        HarmonyLiteRestoreReport run(ScratchDirectory scratch) {
            stages.run(Stage.SELECT, this::checkTarget);
            HarmonyLiteImage foreign = stages.run(
                    Stage.FETCH,
                    () -> new HarmonyLiteFetch(services, request.source()).into(scratch.resolve("staged.db")));
            TagCheck tagCheck = stages.run(Stage.VERIFY, () -> verify(foreign));
            List<String> leftOut = stages.run(Stage.STAGE, foreign::sanitize);
            HarmonyLiteCandidate candidate = stages.run(Stage.STAGE, () -> candidate(foreign, leftOut));
            List<String> rewritten = new ArrayList<>();
            List<String> keyless = new ArrayList<>();
            foreign.image().edit(image -> {
                keyless.addAll(ImageInspection.keyless(image));
                rewritten.addAll(ImageInspection.rewritten(image));
            });
            checkKeys(keyless);
            String restoreId = services.randomName();
            Restored restored = new RestoreRun(
                            services, guard, request.options(), target, restoreId, lock, node, continuation.resume())
                    .run(candidate, scratch);
            return new HarmonyLiteRestoreReport(
                    report(restored, restoreId),
                    foreign.snapshot(),
                    foreign.tag(),
                    tagCheck,
                    leftOut,
                    continuation.resume(),
                    continuation.possiblyMissing(),
                    continuation.replayed(),
                    List.copyOf(rewritten));
        }

        /** Checks the target before anything is fetched, so that an impossible restore fails early. */
        private void checkTarget() throws IOException {
            TargetProbe probe = TargetProbe.of(target, services.connector());
            if (!request.options().isDamagedReplaced()) {
                probe.requireSound();
            }
            boolean lost = node.map() == null
                    && probe.isReadable()
                    && MapControl.inside(target, services.connector()).isPresent();
            if (lost) {
                throw new SnapshotConfigurationException(
                        target + " holds a sequence map in its tables, which this restore would remove; give the"
                                + " manager a table map and its streams");
            }
        }

        private TagCheck verify(HarmonyLiteImage foreign) throws IOException {
            TagCheck tagCheck = foreign.checkTag();
            foreign.checkSound(services, tagCheck);
            return tagCheck;
        }

        /** Rejects rowids that are not those of the writers (fault D13). */
        private void checkKeys(List<String> keyless) {
            if (!keyless.isEmpty() && !request.areKeylessTablesAccepted()) {
                throw new UnknownPositionsException("the snapshot in " + request.source()
                        + " has tables without primary key and index: " + String.join(", ", keyless)
                        + ". HarmonyLite renumbers their rowids in its snapshots, so later messages would change other"
                        + " rows. Give each of them a primary key or an index on all nodes, or accept keyless tables if"
                        + " their rows are never updated or deleted");
            }
        }

        private HarmonyLiteCandidate candidate(HarmonyLiteImage foreign, List<String> dropped) throws IOException {
            Instant stored = foreign.snapshot().storedAt().orElseGet(services.clock()::instant);
            SnapshotId id = SnapshotId.of(stored, TAKER, Long.parseUnsignedLong(foreign.tag(), 16));
            ImageInfo image = foreign.info(services);
            SnapshotInfo info = new SnapshotInfo(
                    id,
                    name,
                    id.time(),
                    stored,
                    TAKER,
                    Positions.none(),
                    image,
                    foreign.snapshot().sizeBytes(),
                    0,
                    0,
                    PendingRecord.none(),
                    0,
                    continuation.possiblyMissing(),
                    Optional.empty(),
                    Optional.empty());
            return new HarmonyLiteCandidate(info, foreign.file(), dropped);
        }

        private RestoreReport report(Restored restored, String restoreId) {
            return new RestoreReport(
                    restored.snapshot(),
                    target.file(),
                    request.options().method(),
                    restored.kept(),
                    restoreId,
                    new TreeMap<>(),
                    restored.bytes().fetched(),
                    restored.bytes().reused(),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }
}
