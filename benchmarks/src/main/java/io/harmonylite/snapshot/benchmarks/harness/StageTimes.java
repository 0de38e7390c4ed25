package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** How long each stage of a take or a restore took. CHECK runs beside SEAL. Thread-safe. */
final class StageTimes implements SnapshotListener {

    static final String PREFIX = "stage ";

    private final Map<String, Double> figures = new ConcurrentSkipListMap<>();

    @Override
    public void stageEnded(Stage stage, Duration elapsed) {
        figures.merge(PREFIX + stage, elapsed.toNanos() / 1e9, Double::sum);
    }

    /** Seconds, by stage. */
    Map<String, Double> figures() {
        return Map.copyOf(figures);
    }
}
