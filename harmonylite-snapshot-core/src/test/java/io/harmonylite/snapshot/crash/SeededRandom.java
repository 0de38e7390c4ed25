package io.harmonylite.snapshot.crash;

import java.util.Random;

/** Chance that can be repeated: {@code -Dsnapshot.seed} is the seed that was printed. */
final class SeededRandom {

    private SeededRandom() {}

    static Random announce(Class<?> test) {
        return new Random(announceSeed(test));
    }

    static long announceSeed(Class<?> test) {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println(test.getSimpleName() + ": -Dsnapshot.seed=" + seed);
        return seed;
    }
}
