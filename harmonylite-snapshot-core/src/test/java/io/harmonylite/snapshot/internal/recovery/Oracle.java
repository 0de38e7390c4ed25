package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.internal.recovery.World.Kind;
import io.harmonylite.snapshot.internal.recovery.World.Link;
import io.harmonylite.snapshot.internal.recovery.World.Mark;
import io.harmonylite.snapshot.internal.recovery.World.Stream;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.ResetDecision.AcceptAt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** An independent implementation of the decision table of recovery, written from its text only. */
final class Oracle {

    /**
     * The expected plan of one stream: messages {@code from} to {@code to} are replayed or missingRange; 0 if there are
     * none.
     */
    record Entry(RecoveryOutcome outcome, long from, long to) {}

    /**
     * The expected plan: a configuration error or an outcome, index of the snapshot or -1, and positions of the
     * streams.
     */
    record Expected(
            boolean misconfigured, RecoveryOutcome outcome, List<Entry> entries, int snapshot, List<Long> resume) {}

    private record Row(Predicate<Stream> fits, java.util.function.Function<Stream, Entry> decision) {}

    private final World world;
    private final RecoveryOptions options;
    private final boolean isDatabaseGone;
    private final boolean replayable;
    private final List<Row> rows;

    Oracle(World world, RecoveryOptions options) {
        this.replayable = isReplayable(world);
        this.world = isBelieved(world, options) ? withZeros(world) : withoutPositions(world);
        this.options = options;
        this.isDatabaseGone = world.database() == DatabaseState.MISSING
                || (world.database() == DatabaseState.DAMAGED && options.isDamagedReplaced());
        this.rows = rows();
    }

    /** Whether the positions of the map count, if there is a database. */
    private static boolean isBelieved(World world, RecoveryOptions options) {
        boolean rows = world.database() == DatabaseState.WITH_ROWS;
        boolean nothingApplied = world.streams().stream()
                .allMatch(
                        stream -> stream.position() == null || stream.position().sequence() == 0);
        boolean accepted = rows && options.isUnboundMapAccepted();
        return switch (world.link()) {
            case BOUND, DATABASE_AHEAD, RESTORED_RECORDED -> true;
            case OLDER_COPY, OTHER, RESTORED_UNRECORDED -> false;
            case ONLY_MAP, ONLY_DATABASE -> accepted;
            case NEITHER, UNCONFIRMED -> nothingApplied || accepted;
            case ADOPTED -> nothingApplied || rows;
        };
    }

    /** Whether the rows are those of a snapshot that says nothing of positions, so that all may be applied to them. */
    private static boolean isReplayable(World world) {
        return world.link() == Link.RESTORED_UNRECORDED
                || (world.link() == Link.RESTORED_RECORDED
                        && world.streams().stream().allMatch(stream -> stream.position() == null));
    }

    private static World withZeros(World world) {
        return world.link() == Link.ADOPTED
                ? with(world, mark -> mark == null ? new Mark(0, Kind.UNKNOWN) : mark)
                : world;
    }

    private static World withoutPositions(World world) {
        return with(world, mark -> null);
    }

    private static World with(World world, UnaryOperator<Mark> position) {
        List<Stream> streams = world.streams().stream()
                .map(stream -> new Stream(
                        stream.number(),
                        stream.first(),
                        stream.last(),
                        stream.start(),
                        stream.deleted(),
                        position.apply(stream.position())))
                .toList();
        return new World(world.database(), streams, world.snapshots(), world.link());
    }

    private List<Row> rows() {
        return List.of(
                new Row(
                        s -> world.database() == DatabaseState.DAMAGED && !isDatabaseGone,
                        s -> only(RecoveryOutcome.DATABASE_DAMAGED)),
                new Row(
                        s -> s.isMissing() && (hasPosition(s) || isInASnapshot(s)),
                        s -> only(RecoveryOutcome.STREAM_RESET)),
                new Row(Stream::isMissing, s -> null),
                new Row(s -> reset(s) && isAcceptable(s), s -> replayAfter(s, accepted(s))),
                new Row(s -> reset(s) && !isDecided(s), s -> only(RecoveryOutcome.STREAM_RESET)),
                new Row(s -> reset(s) && arePositionsLost(s), s -> only(RecoveryOutcome.POSITIONS_LOST)),
                new Row(s -> reset(s) && decision(s) == ResetDecision.Kind.RESTORE, s -> only(RecoveryOutcome.RESTORE)),
                new Row(this::reset, s -> replayAfter(s, 0)),
                new Row(
                        s -> hasPosition(s) && covers(s, s.position()) && isLagging(s),
                        s -> only(RecoveryOutcome.RESTORE)),
                new Row(
                        s -> hasPosition(s) && covers(s, s.position()),
                        s -> replayAfter(s, s.position().sequence())),
                new Row(this::arePositionsLost, s -> only(RecoveryOutcome.POSITIONS_LOST)),
                new Row(
                        s -> !covering().isEmpty()
                                && (hasPosition(s) || !s.lostAfter(0).isEmpty() || !hasRows()),
                        s -> missingRange(s, RecoveryOutcome.RESTORE)),
                new Row(s -> !hasPosition(s) && s.lostAfter(0).isEmpty(), s -> replayAfter(s, 0)),
                new Row(s -> true, s -> missingRange(s, RecoveryOutcome.GAP)));
    }

    Expected expect() {
        List<Entry> entries = new ArrayList<>();
        for (Stream stream : world.streams()) {
            Entry entry = rows.stream()
                    .filter(row -> row.fits().test(stream))
                    .findFirst()
                    .orElseThrow()
                    .decision()
                    .apply(stream);
            if (entry == null) {
                return new Expected(true, RecoveryOutcome.STREAM_RESET, List.of(), -1, List.of());
            }
            entries.add(entry);
        }
        RecoveryOutcome worst = entries.stream()
                .map(Entry::outcome)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        int snapshot = worst == RecoveryOutcome.RESTORE ? choose(entries) : -1;
        return new Expected(false, worst, entries, snapshot, resume(worst, entries, snapshot));
    }

    private List<Long> resume(RecoveryOutcome worst, List<Entry> entries, int snapshot) {
        List<Long> resume = new ArrayList<>();
        for (int i = 0; i < entries.size() && worst.goesOn(); i++) {
            Stream stream = world.streams().get(i);
            long replayed = entries.get(i).outcome() == RecoveryOutcome.UP_TO_DATE
                    ? stream.last()
                    : entries.get(i).from() - 1;
            resume.add(worst == RecoveryOutcome.RESTORE ? in(snapshot, stream).sequence() : replayed);
        }
        return resume;
    }

    private boolean hasPosition(Stream stream) {
        return !isDatabaseGone && stream.position() != null;
    }

    private boolean hasRows() {
        return world.database() == DatabaseState.WITH_ROWS;
    }

    private boolean isInASnapshot(Stream stream) {
        return world.snapshots().stream().anyMatch(marks -> marks.get(stream.number()) != null);
    }

    private static boolean isOfAnotherStream(Stream stream, Mark mark) {
        boolean kept = stream.keeps(mark.sequence());
        return mark.kind() == Kind.FORMER || mark.sequence() > stream.last() || (mark.kind() == Kind.SET_BACK && kept);
    }

    private static boolean covers(Stream stream, Mark mark) {
        return !stream.isMissing()
                && !isOfAnotherStream(stream, mark)
                && stream.lostAfter(mark.sequence()).isEmpty();
    }

    private boolean reset(Stream stream) {
        if (stream.isMissing()) {
            return true;
        }
        if (hasPosition(stream)) {
            return isOfAnotherStream(stream, stream.position());
        }
        List<Mark> marks = world.snapshots().stream()
                .map(snapshot -> snapshot.get(stream.number()))
                .filter(mark -> mark != null)
                .toList();
        return accepted(stream) >= 0
                ? marks.stream().anyMatch(mark -> isOfAnotherStream(stream, mark))
                : !marks.isEmpty() && marks.stream().allMatch(mark -> isOfAnotherStream(stream, mark));
    }

    private ResetDecision decision(Stream stream) {
        return options.resetDecision("s" + stream.number());
    }

    private long accepted(Stream stream) {
        return decision(stream) instanceof AcceptAt accept ? accept.sequence() : -1;
    }

    private boolean isAcceptable(Stream stream) {
        long sequence = accepted(stream);
        boolean alone = world.streams().stream().filter(this::reset).count() == 1
                || options.isDecidedByName("s" + stream.number());
        boolean held = sequence <= stream.beginning() || !isDatabaseGone;
        return alone
                && held
                && sequence >= 0
                && sequence <= stream.last()
                && stream.lostAfter(sequence).isEmpty();
    }

    private boolean isDecided(Stream stream) {
        return (decision(stream) == ResetDecision.Kind.REPLAY_FROM_FIRST
                        && stream.lostAfter(0).isEmpty())
                || (decision(stream) == ResetDecision.Kind.RESTORE
                        && !covering().isEmpty());
    }

    private boolean arePositionsLost(Stream stream) {
        return world.streams().stream().allMatch(s -> s.position() == null)
                && stream.last() > stream.beginning()
                && hasRows()
                && !(replayable && stream.lostAfter(0).isEmpty())
                && !options.areExistingRowsReplaced();
    }

    private Mark in(int snapshot, Stream stream) {
        Mark mark = world.snapshots().get(snapshot).get(stream.number());
        return mark == null ? new Mark(0, Kind.UNKNOWN) : mark;
    }

    private List<Integer> covering() {
        return IntStream.range(0, world.snapshots().size())
                .filter(i -> world.snapshots().get(i).stream().anyMatch(mark -> mark != null))
                .filter(i -> world.streams().stream().allMatch(stream -> covers(stream, in(i, stream))))
                .boxed()
                .toList();
    }

    private List<Integer> coveringNotBehind() {
        return covering().stream()
                .filter(i -> world.streams().stream()
                        .filter(s -> hasPosition(s) && !isOfAnotherStream(s, s.position()))
                        .allMatch(s -> in(i, s).sequence() >= s.position().sequence()))
                .toList();
    }

    private boolean isLagging(Stream stream) {
        long position = stream.position().sequence();
        return options.maxReplayMessages().isPresent()
                && stream.last() - Math.max(position, stream.beginning())
                        > options.maxReplayMessages().getAsLong()
                && coveringNotBehind().stream().anyMatch(i -> in(i, stream).sequence() > position);
    }

    /** Returns the snapshot of the highest generation among those that no other exceeds. */
    private int choose(List<Entry> entries) {
        boolean onlyLag = IntStream.range(0, entries.size())
                .filter(i -> entries.get(i).outcome() == RecoveryOutcome.RESTORE)
                .mapToObj(world.streams()::get)
                .allMatch(s -> hasPosition(s) && covers(s, s.position()));
        List<Integer> candidates = onlyLag ? coveringNotBehind() : covering();
        return candidates.stream()
                .filter(i -> candidates.stream().noneMatch(j -> exceeds(j, i)))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private boolean exceeds(int one, int other) {
        return world.streams().stream()
                        .allMatch(s -> in(one, s).sequence() >= in(other, s).sequence())
                && world.streams().stream()
                        .anyMatch(s -> in(one, s).sequence() > in(other, s).sequence());
    }

    private static Entry only(RecoveryOutcome outcome) {
        return new Entry(outcome, 0, 0);
    }

    private static Entry replayAfter(Stream stream, long after) {
        long sequence = Math.max(after, stream.beginning());
        return sequence == stream.last()
                ? only(RecoveryOutcome.UP_TO_DATE)
                : new Entry(RecoveryOutcome.REPLAY, sequence + 1, stream.last());
    }

    private Entry missingRange(Stream stream, RecoveryOutcome outcome) {
        List<Long> lost =
                stream.lostAfter(hasPosition(stream) ? stream.position().sequence() : 0);
        return lost.isEmpty() ? only(outcome) : new Entry(outcome, lost.get(0), lost.get(lost.size() - 1));
    }
}
