package io.harmonylite.snapshot.internal.concurrent;

/** Creates throttles for tests whose time passes only during waits. */
public final class FakeThrottles {

    private FakeThrottles() {}

    /** Returns a throttle that computes its waits but does not wait; an interrupt has its usual effect. */
    public static Throttle withoutWaiting(long bytesPerSecond) {
        return new Throttle(new ByteRate(bytesPerSecond), new FakePause());
    }

    /** Time that passes only during waits. */
    static final class FakePause implements Throttle.Pause {

        private long now = Long.MAX_VALUE - 1_000_000_000; // Monotonic clocks may overflow.

        @Override
        public synchronized long nanoTime() {
            return now;
        }

        @Override
        public synchronized void sleep(long nanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("fake");
            }
            now += nanos;
        }
    }
}
