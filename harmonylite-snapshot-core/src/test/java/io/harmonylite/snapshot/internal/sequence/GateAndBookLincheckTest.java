package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Counts, captures and restores at once: every outcome is one that some order of the calls gives. The data beside the map
 * is two plain numbers, so that a capture in the middle of an action would be seen.
 */
@Param(name = "others", gen = IntGen.class, conf = "1:3")
@Param(name = "own", gen = IntGen.class, conf = "4:5")
public class GateAndBookLincheckTest {

    private final Gate gate = new Gate("the map");
    private final Book book = new Book(SequenceMapData.NEW);
    private int applied;
    private int appliedToo;

    @Operation
    public String apply(@Param(name = "others") int sequence) {
        StreamPosition at = StreamPosition.at(sequence);
        try (Gate.Pass pass = gate.enter()) {
            if (!book.claim("s", at)) {
                return "counted before";
            }
            applied++;
            book.count("s", now -> Counting.applied("s", now, at));
            appliedToo++;
            book.release("s", at);
            return "applied";
        } catch (OutOfSequenceException e) {
            return "not the next";
        } catch (IllegalStateException e) {
            return "counted before"; // It is being applied by the other thread at this moment, and then it is.
        }
    }

    @Operation
    public boolean published(@Param(name = "own") int sequence) {
        StreamPosition at = StreamPosition.at(sequence);
        try (Gate.Pass pass = gate.enter()) {
            return book.count("s", now -> Counting.published("s", now, at)).isNew();
        }
    }

    @Operation
    public String capture() {
        return gate.alone(() -> book.page().data().positions() + " " + applied + " " + appliedToo);
    }

    @Test
    @Tag("slow")
    void counts_inEveryInterleaving_areLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(20)
                .invocationsPerIteration(500)
                .check(GateAndBookLincheckTest.class);
    }
}
