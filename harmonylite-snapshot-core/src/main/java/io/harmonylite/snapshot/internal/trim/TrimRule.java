package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides how far each stream may be trimmed. A pure function; the age of messages is examined afterwards. */
final class TrimRule {

    private TrimRule() {}

    /** Decides for each stream. Removes nothing if a snapshot does not cover all, because no node can use it. */
    static List<StreamTrim> decide(TrimFacts facts, long messagesKept) {
        Optional<TrimBound> held = held(facts);
        return facts.streams().stream()
                .map(stream ->
                        held.map(bound -> nothing(stream, bound)).orElseGet(() -> of(stream, facts, messagesKept)))
                .toList();
    }

    private static Optional<TrimBound> held(TrimFacts facts) {
        if (facts.proven().size() < Proofs.RELIED_ON) {
            return Optional.of(TrimBound.NOT_PROVEN);
        }
        if (facts.streams().stream().anyMatch(stream -> stream.state() == null)) {
            return Optional.of(TrimBound.NO_STREAM);
        }
        boolean covered = facts.proven().stream()
                .map(snapshot -> snapshot.positions())
                .allMatch(positions -> !positions.isEmpty()
                        && facts.streams().stream().allMatch(stream -> stream.isCoveredBy(in(positions, stream))));
        return covered ? Optional.empty() : Optional.of(TrimBound.NOT_COVERED);
    }

    private static StreamTrim of(StreamFacts stream, TrimFacts facts, long messagesKept) {
        StreamState state = stream.state();
        if (state == null || !isEachKnown(stream, facts)) {
            return nothing(stream, TrimBound.UNKNOWN_STREAM);
        }
        Long members = facts.members().get(stream.stream());
        if (members == null) {
            return nothing(stream, TrimBound.MEMBERS_UNKNOWN);
        }
        List<Limit> limits = new ArrayList<>();
        facts.proven()
                .forEach(snapshot -> limits.add(new Limit(
                        TrimBound.SNAPSHOTS, in(snapshot.positions(), stream).sequence())));
        Positions own = facts.own();
        if (own != null) {
            limits.add(new Limit(TrimBound.THIS_NODE, in(own, stream).sequence()));
        }
        limits.add(new Limit(TrimBound.MEMBERS, members));
        limits.add(new Limit(TrimBound.MESSAGES_KEPT, state.last() + 1 - messagesKept));
        return limits.stream()
                .reduce(Limit::lower)
                .map(limit -> new StreamTrim(
                        stream.stream(),
                        state.first(),
                        Math.max(limit.sequence(), state.first()),
                        Math.max(limit.sequence() - state.first(), 0),
                        limit.bound()))
                .orElseThrow();
    }

    /** Returns whether all positions are known to be of this stream: a removal cannot be undone. */
    private static boolean isEachKnown(StreamFacts stream, TrimFacts facts) {
        Positions own = facts.own();
        return (own == null || isKnown(stream, own))
                && facts.proven().stream().allMatch(snapshot -> isKnown(stream, snapshot.positions()));
    }

    private static boolean isKnown(StreamFacts stream, Positions positions) {
        StreamPosition position = in(positions, stream);
        boolean named = position.sequence() == 0 || position.streamCreated() != null;
        return named && stream.identityOf(position) != StreamIdentity.ANOTHER;
    }

    static StreamPosition in(Positions positions, StreamFacts stream) {
        return positions.of(stream.stream()).orElse(StreamPosition.at(0));
    }

    private static StreamTrim nothing(StreamFacts stream, TrimBound bound) {
        StreamState state = stream.state();
        long first = state == null ? 1 : state.first();
        return new StreamTrim(stream.stream(), first, first, 0, bound);
    }

    private record Limit(TrimBound bound, long sequence) {

        Limit lower(Limit other) {
            return other.sequence < sequence ? other : this;
        }
    }
}
