package io.harmonylite.snapshot.crash;

import java.util.Random;
import java.util.function.BooleanSupplier;

/** Decides which of several unsynced changes a disk keeps: all, none, the first ones, or any. */
final class Chance {

    private final BooleanSupplier supplier;

    private Chance(BooleanSupplier supplier) {
        this.supplier = supplier;
    }

    static Chance of(Random random) {
        return new Chance(
                switch (random.nextInt(4)) {
                    case 0 -> () -> true;
                    case 1 -> () -> false;
                    case 2 -> prefix(random);
                    default -> random::nextBoolean;
                });
    }

    private static BooleanSupplier prefix(Random random) {
        boolean[] kept = {true};
        return () -> {
            kept[0] &= random.nextInt(4) > 0;
            return kept[0];
        };
    }

    boolean next() {
        return supplier.getAsBoolean();
    }
}
