package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore.Continuation;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.stream.Spool;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.recovery.RecoveryOptions.FromHarmonyLite;
import io.harmonylite.snapshot.recovery.RecoveryPlan.RestoreHarmonyLite;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node join by a snapshot of HarmonyLite. Such a snapshot does not record which messages it contains, and a full
 * stream drops a message with each new one. Therefore the order of the steps is fixed:
 *
 * <ol>
 *   <li>the messages of every stream are kept in a spool, from the first that the stream holds on
 *   <li>a snapshot is chosen that was stored after the first of them; the next upload is waited for
 *   <li>the snapshot is restored, at the positions just before the spool
 * </ol>
 *
 * <p>The feed then applies the spool before it follows the streams. A message that no stream held at the first step is
 * in the snapshot, unless the node that made it had not applied it either: these are the possibly missing messages.
 */
final class HarmonyLiteJoin {

    private static final Logger LOG = LoggerFactory.getLogger(HarmonyLiteJoin.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration LONGEST_UPLOAD = Duration.ofMinutes(1);
    private static final long SPOOL_BYTES = 1L << 30;

    private final Services services;
    private final Streams streams;
    private final HarmonyLiteRestore restores;
    private final DatabasePath database;
    private final NodeState node;
    private final RestoreLock lock;

    HarmonyLiteJoin(
            Services services,
            Streams streams,
            HarmonyLiteRestore restores,
            DatabasePath database,
            NodeState node,
            RestoreLock lock) {
        this.services = services;
        this.streams = streams;
        this.restores = restores;
        this.database = database;
        this.node = node;
        this.lock = lock;
    }

    /** Carries out a plan. The database is restored and the map is set on return; the spool goes on. */
    Joined run(RestoreHarmonyLite plan, FromHarmonyLite from, UnaryOperator<RestoreRequest> restoreOptions)
            throws IOException {
        Spool spool = spool();
        try {
            awaitSnapshot(plan, from, spool);
            Continuation continuation = continuation(plan, spool);
            HarmonyLiteRestoreRequest request = HarmonyLiteRestoreRequest.of(from.source())
                    .acceptUnknownPositions()
                    .options(restoreOptions.apply(RestoreRequest.latest()));
            RestoreReport restored = restores.join(request, database, node, continuation, lock);
            requireKept(spool);
            return new Joined(carriedOut(plan, continuation), restored, spool);
        } catch (IOException | RuntimeException | Error e) {
            spool.close();
            throw e;
        }
    }

    private Spool spool() throws IOException {
        ScratchDirectory scratch = services.scratch().openFor(database.file(), null);
        return StreamReader.of(streams)
                .read(
                        String.join(", ", streams.names()),
                        () -> Spool.open(services.files(), streams, scratch, SPOOL_BYTES));
    }

    /** Waits for a snapshot that was stored after the first kept message of every stream. */
    private void awaitSnapshot(RestoreHarmonyLite plan, FromHarmonyLite from, Spool spool) {
        long start = System.nanoTime();
        Instant earlier = null;
        while (true) {
            Optional<Instant> first = firstKept(spool);
            Optional<Instant> stored = storedAt(from.source());
            requireKept(spool);
            if (stored.isPresent() && isMadeAfter(stored.get(), first.orElse(Instant.MIN), earlier)) {
                return;
            }
            if (System.nanoTime() - start >= from.longestWait().toNanos()) {
                throw new StreamGapException(tooOld(from, first, stored), plan);
            }
            if (earlier == null) {
                LOG.info(
                        "Waiting for the next snapshot in {}: the present one was stored at {}, and the first message that"
                                + " a stream still holds is of {}",
                        from.source(),
                        stored.orElse(null),
                        first.orElse(null));
            }
            earlier = stored.orElse(Instant.MIN);
            pause();
        }
    }

    /**
     * Returns whether a snapshot was made, and not only stored, after the first kept message: the second one that a
     * node stores after a message was; of an old message the first.
     */
    private static boolean isMadeAfter(Instant stored, Instant first, @Nullable Instant earlier) {
        boolean second = earlier != null && earlier.isAfter(first) && stored.isAfter(earlier);
        return second || stored.minus(LONGEST_UPLOAD).isAfter(first);
    }

    /** Returns the time of the youngest of the first kept messages; empty if every stream is empty. */
    private Optional<Instant> firstKept(Spool spool) {
        return streams.names().stream()
                .flatMap(stream -> spool.first(stream).stream())
                .flatMap(first -> Optional.ofNullable(first.timestamp()).stream())
                .max(Instant::compareTo);
    }

    private static Optional<Instant> storedAt(HarmonyLiteSnapshotSource source) {
        return StoreFailures.calling(() -> {
            try {
                return source.find().flatMap(HarmonyLiteSnapshot::storedAt);
            } catch (ContainerMissingException e) {
                return Optional.empty(); // HarmonyLite creates its bucket with the first snapshot.
            }
        });
    }

    private static String tooOld(FromHarmonyLite from, Optional<Instant> first, Optional<Instant> stored) {
        return "no snapshot in " + from.source() + " was stored after "
                + first.map(Instant::toString).orElse("")
                + ", the time of the first message that a stream still holds, within "
                + from.longestWait().toSeconds() + " s; "
                + stored.map(time -> "the present one was stored at " + time)
                        .orElse("there is none, or its location does not record when it was stored")
                + ". Make a HarmonyLite node take a snapshot, then recover again";
    }

    private void requireKept(Spool spool) {
        for (String stream : streams.names()) {
            spool.failure(stream).ifPresent(reason -> {
                throw new StreamUnavailableException(
                        "stream " + stream + " was not kept while a snapshot of HarmonyLite was restored: " + reason
                                + "; recover again",
                        null);
            });
        }
    }

    private Continuation continuation(RestoreHarmonyLite plan, Spool spool) {
        Positions resume = Positions.none();
        SortedMap<String, SequenceRange> possiblyMissing = new TreeMap<>();
        SortedMap<String, SequenceRange> replayed = new TreeMap<>();
        for (StreamPlan each : plan.streams()) {
            String stream = each.stream();
            StreamPosition before = spool.before(stream);
            resume = resume.with(stream, before);
            long begin = each.facts().state() == null ? 0 : each.facts().state().beforeStart();
            if (before.sequence() > begin) {
                possiblyMissing.put(stream, new SequenceRange(begin + 1, before.sequence()));
            }
        }
        return new Continuation(resume, possiblyMissing, replayed);
    }

    private static RestoreHarmonyLite carriedOut(RestoreHarmonyLite plan, Continuation continuation) {
        return new RestoreHarmonyLite(
                plan.database(),
                plan.streams(),
                plan.source(),
                continuation.possiblyMissing(),
                continuation.resume(),
                plan.reason());
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    /** The plan with the positions that were set, the result of the restore, and the kept messages. */
    record Joined(RestoreHarmonyLite plan, RestoreReport restored, Spool spool) {}
}
