package io.harmonylite.snapshot.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.model.Member.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories of the library, with real SQLite databases and directory stores, against a model. {@code
 * -Dsnapshot.seed} repeats a run; {@code -Dsnapshot.histories} sets the number of histories of the slow test. A failure
 * prints the seed of its history and the moves that are needed for it.
 */
class HistoryTest {

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void histories_aFew_matchTheModel() throws Exception {
        run(20);
    }

    @Test
    @Tag("slow")
    void histories_many_matchTheModel() throws Exception {
        run(Integer.getInteger("snapshot.histories", 3000));
    }

    /** Shows that the model detects a loss, and that shrinking keeps the moves that cause it. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void history_rowsAreLost_failsAndIsShrunk(Kind kind) throws Exception {
        List<Move> moves = new ArrayList<>();
        for (Move.Kind what : List.of(
                Move.Kind.RECOVER,
                Move.Kind.PASS,
                Move.Kind.PUBLISH,
                Move.Kind.APPLY,
                Move.Kind.PASS,
                Move.Kind.LOSE_ROWS,
                Move.Kind.RECOVER)) {
            moves.add(new Move(what, 1));
        }
        Throwable failure = failureOf(kind, moves, counts).orElseThrow();
        assertThat(failure).isInstanceOf(AssertionError.class);
        assertThat(shrink(kind, moves, failure))
                .extracting(Move::kind)
                .contains(Move.Kind.LOSE_ROWS)
                .doesNotContain(Move.Kind.PASS);
    }

    private void run(int histories) throws Exception {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println("HistoryTest: -Dsnapshot.seed=" + seed);
        for (int number = 0; number < histories; number++) {
            run(seed + number);
            if (number % 500 == 499) {
                System.err.println("HistoryTest: " + (number + 1) + " histories: " + counts);
            }
        }
        System.err.println("HistoryTest: " + histories + " histories: " + counts);
    }

    private void run(long seed) throws Exception {
        Random random = new Random(seed);
        Kind kind = random.nextBoolean() ? Kind.FILE : Kind.TABLE;
        List<Move> moves = Move.history(random);
        Optional<Throwable> failure = failureOf(kind, moves, counts);
        if (failure.isPresent()) {
            List<Move> shrunk = shrink(kind, moves, failure.get());
            throw new AssertionError(
                    "-Dsnapshot.seed=" + seed + " with a map of kind " + kind + " fails after " + shrunk,
                    failureOf(kind, shrunk, new TreeMap<>()).orElse(failure.get()));
        }
    }

    /** Leaves out one move after the other, as long as the history fails in the same way. */
    private List<Move> shrink(Kind kind, List<Move> moves, Throwable failure) throws Exception {
        List<Move> shrunk = moves;
        for (int i = shrunk.size() - 1; i >= 0; i = Math.min(i, shrunk.size()) - 1) {
            List<Move> fewer = new ArrayList<>(shrunk);
            fewer.remove(i);
            boolean fails = failureOf(kind, fewer, new TreeMap<>())
                    .filter(other -> other.getClass() == failure.getClass())
                    .isPresent();
            shrunk = fails ? fewer : shrunk;
        }
        return shrunk;
    }

    private static Optional<Throwable> failureOf(Kind kind, List<Move> moves, Map<String, Integer> counts)
            throws Exception {
        Path directory = Files.createTempDirectory("history");
        try (World world = new World(directory, kind, counts)) {
            for (Move move : moves) {
                world.run(move);
            }
            world.finish();
            return Optional.empty();
        } catch (Exception | AssertionError e) {
            return Optional.of(e);
        }
    }
}
