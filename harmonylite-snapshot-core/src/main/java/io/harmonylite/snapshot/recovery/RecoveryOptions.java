package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.RestoreRequest;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a host allows, and wants, of recovery. Immutable; each method returns a changed copy. Defaults: nothing that could
 * lose data is allowed, a node that can replay does so however far it is behind, and a snapshot is restored as
 * {@link RestoreRequest} does by default.
 */
public final class RecoveryOptions {

    private enum Option {
        NEW_NODE,
        REPLACE_DAMAGED,
        POSITIONS_FROM_ORIGIN
    }

    private static final RecoveryOptions DEFAULTS =
            new RecoveryOptions(Set.of(), null, ResetDecision.stop(), Map.of(), UnaryOperator.identity());

    private final Set<Option> options;
    private final @Nullable Long lagLimit;
    private final ResetDecision onAnyReset;
    private final Map<String, ResetDecision> onReset;
    private final UnaryOperator<RestoreRequest> restore;

    private RecoveryOptions(
            Set<Option> options,
            @Nullable Long lagLimit,
            ResetDecision onAnyReset,
            Map<String, ResetDecision> onReset,
            UnaryOperator<RestoreRequest> restore) {
        this.options = options;
        this.lagLimit = lagLimit;
        this.onAnyReset = onAnyReset;
        this.onReset = onReset;
        this.restore = restore;
    }

    /** Allows nothing. */
    public static RecoveryOptions defaults() {
        return DEFAULTS;
    }

    /** This is a new node: rows that the database holds are from elsewhere, and may be replaced by a snapshot's. */
    public RecoveryOptions newNode() {
        return with(Option.NEW_NODE);
    }

    /** A damaged database may be replaced; the file is kept aside. */
    public RecoveryOptions replaceDamaged() {
        return with(Option.REPLACE_DAMAGED);
    }

    /** A database that was restored by hand, without a map, stands where its snapshot stood. */
    public RecoveryOptions positionsFromOrigin() {
        return with(Option.POSITIONS_FROM_ORIGIN);
    }

    private RecoveryOptions with(Option option) {
        EnumSet<Option> changed = EnumSet.of(option);
        changed.addAll(options);
        return new RecoveryOptions(changed, lagLimit, onAnyReset, onReset, restore);
    }

    /**
     * Restores a snapshot, where one is ahead, rather than replay more messages than this.
     *
     * @throws IllegalArgumentException where it is negative
     */
    public RecoveryOptions lagLimit(long messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("a number of messages is not negative: " + messages);
        }
        return new RecoveryOptions(options, messages, onAnyReset, onReset, restore);
    }

    /**
     * What is done where any stream was reset. {@link ResetDecision#acceptAt} given so is carried out only where no more
     * than one stream was reset, since a sequence means nothing in another stream.
     */
    public RecoveryOptions onReset(ResetDecision decision) {
        return new RecoveryOptions(options, lagLimit, Objects.requireNonNull(decision, "decision"), onReset, restore);
    }

    /** What is done where one stream was reset. */
    public RecoveryOptions onReset(String stream, ResetDecision decision) {
        TreeMap<String, ResetDecision> changed = new TreeMap<>(onReset);
        changed.put(stream, Objects.requireNonNull(decision, "decision"));
        return new RecoveryOptions(options, lagLimit, onAnyReset, changed, restore);
    }

    /**
     * How a snapshot is restored, where one is: online under open connections, with an edit of the host's, and so on.
     *
     * @param how changes the request; the snapshot it names is the plan's affair
     */
    public RecoveryOptions restoring(UnaryOperator<RestoreRequest> how) {
        return new RecoveryOptions(options, lagLimit, onAnyReset, onReset, Objects.requireNonNull(how, "how"));
    }

    /** Whether this is a new node. */
    public boolean isNewNode() {
        return options.contains(Option.NEW_NODE);
    }

    /** Whether a damaged database may be replaced. */
    public boolean isDamagedReplaced() {
        return options.contains(Option.REPLACE_DAMAGED);
    }

    /** Whether the positions of a database that was restored by hand are taken from its origin. */
    public boolean arePositionsFromOrigin() {
        return options.contains(Option.POSITIONS_FROM_ORIGIN);
    }

    /** How many messages are replayed rather than restored; empty without limit. */
    public OptionalLong lagLimit() {
        return lagLimit == null ? OptionalLong.empty() : OptionalLong.of(lagLimit);
    }

    /** What is done where a stream was reset. */
    public ResetDecision resetDecision(String stream) {
        return onReset.getOrDefault(stream, onAnyReset);
    }

    /** Whether the decision for a stream was made by its name. */
    boolean isDecidedByName(String stream) {
        return onReset.containsKey(stream);
    }

    /**
     * How a snapshot is restored.
     *
     * @param request names the snapshot
     * @throws IllegalArgumentException where the host's change names another one
     */
    public RestoreRequest restore(RestoreRequest request) {
        RestoreRequest changed = restore.apply(isDamagedReplaced() ? request.replacingDamaged() : request);
        if (!changed.id().equals(request.id())) {
            throw new IllegalArgumentException(
                    "recovery chooses the snapshot: " + request.id().orElseThrow());
        }
        return changed;
    }
}
