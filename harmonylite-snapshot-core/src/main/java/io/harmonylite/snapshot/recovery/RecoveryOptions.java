package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Options of recovery. Immutable; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>nothing that can lose data is allowed
 *   <li>a node that can replay does so, however far it is behind
 *   <li>a stream that was reset stops recovery
 *   <li>a snapshot is restored with the defaults of {@link RestoreRequest}
 * </ul>
 */
public final class RecoveryOptions {

    private enum Option {
        NEW_NODE,
        REPLACE_DAMAGED,
        POSITIONS_FROM_ORIGIN,
        UNBOUND_MAP
    }

    private static final RecoveryOptions DEFAULTS =
            new RecoveryOptions(Set.of(), null, ResetDecision.stop(), Map.of(), UnaryOperator.identity(), null);

    /** Longest time that recovery waits for HarmonyLite's next snapshot. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Set<Option> options;
    private final @Nullable Long lagLimit;
    private final ResetDecision onAnyReset;
    private final Map<String, ResetDecision> onReset;
    private final UnaryOperator<RestoreRequest> restore;
    private final @Nullable FromHarmonyLite fromHarmonyLite;

    private RecoveryOptions(
            Set<Option> options,
            @Nullable Long lagLimit,
            ResetDecision onAnyReset,
            Map<String, ResetDecision> onReset,
            UnaryOperator<RestoreRequest> restore,
            @Nullable FromHarmonyLite fromHarmonyLite) {
        this.options = options;
        this.lagLimit = lagLimit;
        this.onAnyReset = onAnyReset;
        this.onReset = onReset;
        this.restore = restore;
        this.fromHarmonyLite = fromHarmonyLite;
    }

    /** Returns the defaults, which allow nothing that can lose data. */
    public static RecoveryOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Allows a snapshot to replace the rows of a database whose positions are unknown, for a node that is new to the
     * streams. The existing rows are lost. By default recovery stops.
     */
    public RecoveryOptions replaceExistingRows() {
        return with(Option.NEW_NODE);
    }

    /**
     * Allows recovery to replace a damaged database. The damaged file is kept under another name. By default recovery
     * stops.
     */
    public RecoveryOptions replaceDamaged() {
        return with(Option.REPLACE_DAMAGED);
    }

    /**
     * Uses the positions in the database's origin if the sequence map has none, for a database that was restored by
     * hand without its map. By default recovery stops.
     */
    public RecoveryOptions usePositionsFromOrigin() {
        return with(Option.POSITIONS_FROM_ORIGIN);
    }

    /**
     * Accepts the positions of a file map although the map, the database or both lack the mark that binds them to each
     * other. The host vouches that they belong together: if they do not, messages are missing. An empty database, and
     * one whose mark shows that it belongs to another map or is an older copy, are not accepted. By default the
     * positions are ignored, unless the map was adopted from HarmonyLite.
     */
    public RecoveryOptions acceptUnboundMap() {
        return with(Option.UNBOUND_MAP);
    }

    private RecoveryOptions with(Option option) {
        EnumSet<Option> changed = EnumSet.of(option);
        changed.addAll(options);
        return new RecoveryOptions(changed, lagLimit, onAnyReset, onReset, restore, fromHarmonyLite);
    }

    /**
     * Restores a snapshot instead of replaying more messages than this, if a snapshot is ahead of the node. By default
     * there is no limit.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public RecoveryOptions maxReplayMessages(long messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("the lag limit must be at least 0, not " + messages);
        }
        return new RecoveryOptions(options, messages, onAnyReset, onReset, restore, fromHarmonyLite);
    }

    /**
     * Sets the decision for every stream that was reset. {@link ResetDecision#acceptAt} takes effect only if exactly
     * one stream was reset, because a sequence has no meaning in another stream. The default is {@link
     * ResetDecision#stop}.
     */
    public RecoveryOptions onReset(ResetDecision decision) {
        return new RecoveryOptions(
                options, lagLimit, Objects.requireNonNull(decision, "decision"), onReset, restore, fromHarmonyLite);
    }

    /** Sets the decision for one stream that was reset. Takes precedence over the decision for every stream. */
    public RecoveryOptions onReset(String stream, ResetDecision decision) {
        TreeMap<String, ResetDecision> changed = new TreeMap<>(onReset);
        changed.put(stream, Objects.requireNonNull(decision, "decision"));
        return new RecoveryOptions(options, lagLimit, onAnyReset, changed, restore, fromHarmonyLite);
    }

    /**
     * Sets how recovery restores a snapshot: for example online under open connections, or with an edit by the host.
     *
     * @param how changes the request; must keep its snapshot id
     */
    public RecoveryOptions restoreOptions(UnaryOperator<RestoreRequest> how) {
        return new RecoveryOptions(
                options, lagLimit, onAnyReset, onReset, Objects.requireNonNull(how, "how"), fromHarmonyLite);
    }

    /**
     * Restores a snapshot of HarmonyLite if messages are missing and no snapshot in the store covers them; otherwise it
     * is not looked at. The host accepts that messages may be missing: such a snapshot does not record which ones it
     * contains. Recovery first keeps the messages of every stream in a {@link RecoveryReport#spool spool}, then waits at
     * most 10 minutes for a snapshot that was stored after the first of them. By default recovery stops.
     *
     * @param source location of the snapshot
     */
    public RecoveryOptions harmonyLiteSnapshot(HarmonyLiteSnapshotSource source) {
        return harmonyLiteSnapshot(source, LONGEST_WAIT);
    }

    /**
     * Restores a snapshot of HarmonyLite, as {@link #harmonyLiteSnapshot(HarmonyLiteSnapshotSource)}.
     *
     * @param longestWait maximum time to wait for HarmonyLite's next snapshot
     * @throws IllegalArgumentException if the time is negative
     */
    public RecoveryOptions harmonyLiteSnapshot(HarmonyLiteSnapshotSource source, Duration longestWait) {
        return new RecoveryOptions(
                options, lagLimit, onAnyReset, onReset, restore, new FromHarmonyLite(source, longestWait));
    }

    /** Returns how a snapshot of HarmonyLite is restored; empty if none may be. */
    public Optional<FromHarmonyLite> harmonyLiteSnapshot() {
        return Optional.ofNullable(fromHarmonyLite);
    }

    /**
     * How a snapshot of HarmonyLite is restored. Immutable.
     *
     * @param source location of the snapshot
     * @param longestWait maximum time to wait for HarmonyLite's next snapshot
     */
    public record FromHarmonyLite(HarmonyLiteSnapshotSource source, Duration longestWait) {

        /** Rejects a negative time. */
        public FromHarmonyLite {
            Objects.requireNonNull(source, "source");
            if (longestWait.isNegative()) {
                throw new IllegalArgumentException("the time to wait must not be negative: " + longestWait);
            }
        }
    }

    /** Returns whether a snapshot may replace the rows of a database whose positions are unknown. */
    public boolean areExistingRowsReplaced() {
        return options.contains(Option.NEW_NODE);
    }

    /** Returns whether recovery may replace a damaged database. */
    public boolean isDamagedReplaced() {
        return options.contains(Option.REPLACE_DAMAGED);
    }

    /** Returns whether the positions in the database's origin are used if the sequence map has none. */
    public boolean areOriginPositionsUsed() {
        return options.contains(Option.POSITIONS_FROM_ORIGIN);
    }

    /** Returns whether a file map is accepted although it is not bound to the database. */
    public boolean isUnboundMapAccepted() {
        return options.contains(Option.UNBOUND_MAP);
    }

    /** Returns the number of messages beyond which a snapshot is restored; empty if there is no limit. */
    public OptionalLong maxReplayMessages() {
        return lagLimit == null ? OptionalLong.empty() : OptionalLong.of(lagLimit);
    }

    /** Returns the decision for a stream that was reset. */
    public ResetDecision resetDecision(String stream) {
        return onReset.getOrDefault(stream, onAnyReset);
    }

    /** Returns whether the decision for a stream was set by its name. */
    public boolean isDecidedByName(String stream) {
        return onReset.containsKey(stream);
    }

    /** Returns the function that {@link #restoreOptions(UnaryOperator)} sets. */
    public UnaryOperator<RestoreRequest> restoreOptions() {
        return restore;
    }
}
