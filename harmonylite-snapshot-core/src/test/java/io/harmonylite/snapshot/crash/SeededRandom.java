package io.harmonylite.snapshot.crash;

import java.util.Random;

/** Random numbers that can be repeated: {@code -Dsnapshot.seed} sets the seed that a run printed. */
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
