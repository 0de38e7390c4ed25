package io.harmonylite.snapshot.sequence;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs actions and captures concurrently: no capture sees half an action. An action has two steps, and actions run
 * concurrently.
 */
public class GateLincheckTest {

    private final Gate gate = new Gate("the map");
    private final AtomicInteger data = new AtomicInteger();
    private final AtomicInteger counted = new AtomicInteger();

    @Operation
    public void apply() {
        try (Gate.Pass pass = gate.enter()) {
            data.incrementAndGet();
            counted.incrementAndGet();
        }
    }

    @Operation
    public String capture() {
        return gate.alone(() -> data.get() + " " + counted.get());
    }

    @Test
    @Tag("slow")
    void capture_inEveryInterleaving_seesWholeActions() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .iterations(10)
                .invocationsPerIteration(300)
                .check(GateLincheckTest.class);
    }
}
