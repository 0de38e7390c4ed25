package io.harmonylite.snapshot;

import java.time.Duration;

/**
 * Told how a take, a verification or a restore goes on. Calls come one at a time, on whichever thread does the work; they
 * should return quickly, since the work waits for them. What they throw is logged and changes nothing.
 */
public interface SnapshotListener {

    /** A stage begins. */
    default void stageStarted(Stage stage) {}

    /**
     * A stage has got further.
     *
     * @param bytesDone bytes of the image that are done
     * @param bytesTotal bytes of the image in all
     */
    default void progressed(Stage stage, long bytesDone, long bytesTotal) {}

    /** A stage ends, whether it did what it should or failed. */
    default void stageEnded(Stage stage, Duration elapsed) {}

    /** A take has ended well, and lost its lease meanwhile: another node may have taken a snapshot at the same time. */
    default void leaseLost() {}

    /** Listens to nothing. */
    static SnapshotListener none() {
        return new SnapshotListener() {};
    }
}
