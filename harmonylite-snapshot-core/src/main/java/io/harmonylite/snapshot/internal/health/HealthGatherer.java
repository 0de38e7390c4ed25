package io.harmonylite.snapshot.internal.health;

import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthFacts;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.StreamHealth;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.watch.ObservedStream;
import io.harmonylite.snapshot.watch.TriggerInput;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchReport;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers the facts about health, and changes nothing. Immutable and thread-safe. */
public final class HealthGatherer {

    private final SnapshotCatalog catalog;
    private final @Nullable Streams streams;
    private final InstantSource clock;

    public HealthGatherer(SnapshotCatalog catalog, @Nullable Streams streams, InstantSource clock) {
        this.catalog = catalog;
        this.streams = streams;
        this.clock = clock;
    }

    public HealthFacts gather(NodeFacts node) {
        return new Run(node, clock.instant()).run();
    }

    /** One gathering. Used by one thread. */
    private final class Run {

        private final NodeFacts node;
        private final Instant now;
        private final WatchStatus watch;
        private final List<HealthReason> unreachable = new ArrayList<>();
        private final List<HealthReason> others = new ArrayList<>();
        private final List<StreamFacts> known = new ArrayList<>();
        private final List<StreamHealth> healths = new ArrayList<>();
        private List<SnapshotInfo> snapshots = List.of();
        private Optional<SnapshotInfo> newest = Optional.empty();
        private Optional<SnapshotProof> lastProof = Optional.empty();
        private SortedMap<String, Long> feedLag = new TreeMap<>();

        Run(NodeFacts node, Instant now) {
            this.node = node;
            this.now = now;
            this.watch = node.watch();
        }

        HealthFacts run() {
            boolean isRestoring = node.isRestoring();
            gather(HealthCause.STORE_UNREACHABLE, "the store cannot be read", this::askStore);
            askLoop();
            Positions positions = isRestoring ? null : positions();
            askStreams(positions);
            FeedStatus feed = node.feed();
            if (feed != null) {
                askFeed(feed);
            }
            if (isRestoring) {
                add(others, HealthCause.RESTORING, "a restore or recovery is running");
            }
            if (unreachable.isEmpty()) {
                checkCovered();
            }
            if (unreachable.isEmpty() && !isRestoring) {
                gather(HealthCause.DATABASE_UNREADABLE, "the database cannot be read", () -> plan(positions));
            }
            if (!isRestoring) {
                gather(HealthCause.DATABASE_UNREADABLE, "the quarantine cannot be read", this::askQuarantine);
                gather(HealthCause.DATABASE_UNREADABLE, "the origin cannot be read", this::askPossiblyMissing);
            }
            return facts();
        }

        private HealthFacts facts() {
            List<HealthReason> troubles = new ArrayList<>(unreachable);
            troubles.addAll(others);
            long bytes = snapshots.stream().mapToLong(SnapshotInfo::storedBytes).sum();
            return new HealthFacts(
                    now,
                    newest,
                    unchangedAt(),
                    lastProof,
                    snapshots.size(),
                    bytes,
                    healths,
                    feedLag,
                    node.failures(),
                    troubles);
        }

        private void askStore() {
            SnapshotListing listing = catalog.list();
            lastProof = new Proofs(catalog).list().stream().findFirst();
            snapshots = listing.snapshots();
            newest = SnapshotOrder.latest(snapshots);
            if (newest.isPresent() && lastProof.isEmpty() && node.isProofExpected()) {
                add(others, HealthCause.PROOF_OLD, "no snapshot was proven yet; run a restore drill");
            }
            listing.unreadable()
                    .forEach((id, problem) -> add(
                            others,
                            HealthCause.MANIFEST_UNREADABLE,
                            "the manifest of snapshot " + id + " cannot be read: " + problem.getMessage()));
            listing.doubts()
                    .forEach((id, doubt) -> add(
                            others,
                            HealthCause.TIME_DOUBTFUL,
                            "the time of snapshot " + id + " is doubtful: " + doubt));
        }

        private Optional<Instant> unchangedAt() {
            return watch.lastInput().map(TriggerInput::unchangedAt);
        }

        /** Adds failures of the loop, except those of operations, which have more detail. */
        private void askLoop() {
            Set<Operation> reported = node.failures().stream()
                    .map(OperationOutcome::operation)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Operation.class)));
            watch.duties().forEach((duty, status) -> {
                if (status.consecutiveFailures() > 0 && !reported.contains(operation(duty))) {
                    String last = status.lastFailed().map(WatchReport::toString).orElse("");
                    add(
                            others,
                            HealthCause.OPERATION_FAILED,
                            "the loop failed " + status.consecutiveFailures() + " times in a row: " + last);
                }
            });
        }

        private static Operation operation(WatchDuty duty) {
            return switch (duty) {
                case TAKE -> Operation.TAKE;
                case PRUNE -> Operation.PRUNE;
                case DRILL -> Operation.PROVE;
                case TRIM -> Operation.TRIM;
            };
        }

        /** Returns the message rate that the loop has measured; 0 if unknown. */
        private double rate(String stream) {
            return watch.lastInput().stream()
                    .flatMap(seen -> seen.streams().stream())
                    .filter(seen -> seen.stream().equals(stream))
                    .mapToDouble(ObservedStream::messagesPerSecond)
                    .findFirst()
                    .orElse(0);
        }

        private @Nullable Positions positions() {
            Positions[] found = new Positions[1];
            gather(HealthCause.DATABASE_UNREADABLE, "the positions cannot be read", () -> found[0] = node.positions());
            return found[0];
        }

        private void askStreams(@Nullable Positions positions) {
            if (streams == null) {
                return;
            }
            for (String stream : streams.names()) {
                Interruption.check();
                try {
                    ask(streams, stream, positions);
                } catch (IOException e) {
                    add(
                            unreachable,
                            HealthCause.STREAM_UNREACHABLE,
                            "stream " + stream + " cannot be read: " + e.getMessage());
                }
            }
        }

        private void ask(Streams asked, String stream, @Nullable Positions positions) throws IOException {
            Optional<StreamState> found = asked.state(stream);
            if (found.isEmpty()) {
                add(unreachable, HealthCause.STREAM_MISSING, "stream " + stream + " does not exist");
                return;
            }
            StreamState state = found.get();
            StreamFacts facts = StreamFacts.of(stream, null, state, Map.of())
                    .withDeleted(
                            StreamReader.neededDeleted(asked, stream, state).orElse(null));
            long saved = saved(facts);
            Instant firstUnsaved = asked.timestampAt(stream, saved + 1).orElse(null);
            long position =
                    positions == null ? state.last() : in(positions, stream).sequence();
            ObservedStream observed = new ObservedStream(stream, state, position, saved, firstUnsaved, rate(stream));
            known.add(facts);
            healths.add(new StreamHealth(
                    stream, state.first(), state.last(), observed.saved(), observed.lag(), observed.headroom(now)));
        }

        /** Asks the feed whether it runs, and for its lag. */
        private void askFeed(FeedStatus feed) {
            feed.failure()
                    .ifPresent(why -> add(
                            others, HealthCause.FEED_ENDED, "the feed has ended, so no message is applied: " + why));
            try {
                feedLag = feed.lag();
            } catch (SnapshotInterruptedException e) {
                throw e;
            } catch (IOException | SnapshotException e) {
                Interruption.check();
                add(others, HealthCause.FEED_UNREADABLE, "the lag of the feed is unknown: " + e.getMessage());
            }
        }

        /** Returns the sequence up to which the newest snapshot contains a stream; 0 if it contains another one. */
        private long saved(StreamFacts stream) {
            return newest.map(info -> in(info.positions(), stream.stream()))
                    .filter(position -> stream.identityOf(position) != StreamIdentity.ANOTHER)
                    .map(StreamPosition::sequence)
                    .orElse(0L);
        }

        /** Checks that a snapshot covers the streams. Not needed while all streams hold every message. */
        private void checkCovered() {
            RecoverySituation situation = new RecoverySituation(DatabaseState.MISSING, known, snapshots);
            boolean isNeeded =
                    known.stream().anyMatch(stream -> stream.missingAfter(0).isPresent());
            if (isNeeded && !snapshots.isEmpty() && situation.covering().isEmpty()) {
                add(
                        others,
                        HealthCause.NOT_COVERED,
                        "no snapshot covers every stream, so no new node can join; take a snapshot");
            }
        }

        private void plan(@Nullable Positions positions) {
            RecoveryPlan plan = node.plan();
            if (plan instanceof RecoveryPlan.Stop || plan instanceof RecoveryPlan.Restore) {
                add(others, HealthCause.RECOVERY_NEEDED, plan.reason());
            } else if (plan instanceof RecoveryPlan.Proceed proceed
                    && isBehind(proceed.resume(), positions)
                    && isBehind(proceed.resume(), node.positions())) { // An online restore may have just moved it.
                add(
                        others,
                        HealthCause.RECOVERY_NEEDED,
                        "the sequence map counts messages that the database lacks: " + plan.reason());
            }
        }

        private static boolean isBehind(Positions plan, @Nullable Positions counted) {
            return counted != null
                    && plan.byStream().entrySet().stream()
                            .anyMatch(entry -> entry.getValue().sequence()
                                    < in(counted, entry.getKey()).sequence());
        }

        private void askQuarantine() {
            String rows = node.quarantined();
            if (!rows.isEmpty()) {
                add(
                        others,
                        HealthCause.ROWS_QUARANTINED,
                        "rows are missing because older messages took their UNIQUE values: " + rows
                                + ". A later message for a row removes it from the quarantine; if none is to come, a"
                                + " person must compare it with another node");
            }
        }

        private void askPossiblyMissing() {
            SortedMap<String, SequenceRange> ranges = node.possiblyMissing();
            if (!ranges.isEmpty()) {
                add(
                        others,
                        HealthCause.MESSAGES_POSSIBLY_MISSING,
                        "the node joined by a snapshot of HarmonyLite, which may lack messages " + ranges
                                + ". Restore a snapshot of a node without such a range, or compare the data with another"
                                + " node and call acceptMissing");
            }
        }

        private void gather(HealthCause cause, String what, Runnable question) {
            try {
                question.run();
            } catch (SnapshotInterruptedException e) {
                throw e;
            } catch (SnapshotException e) {
                add(unreachable, cause, what + ": " + e.getMessage());
            }
        }

        private static void add(List<HealthReason> reasons, HealthCause cause, String sentence) {
            reasons.add(new HealthReason(cause, sentence));
        }
    }

    private static StreamPosition in(Positions positions, String stream) {
        return positions.of(stream).orElse(StreamPosition.at(0));
    }
}
