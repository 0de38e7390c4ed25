package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Records the calls of a listener, and runs actions at chosen stages. */
final class Recorder implements SnapshotListener {

    final List<String> events = new ArrayList<>();
    final List<OperationOutcome> outcomes = new ArrayList<>();
    final Map<Stage, List<Long>> done = new EnumMap<>(Stage.class);
    final Map<Stage, Long> totals = new EnumMap<>(Stage.class);
    private final Map<Stage, Runnable> onStart = new EnumMap<>(Stage.class);
    private final Map<Stage, Consumer<Long>> onProgress = new EnumMap<>(Stage.class);

    Recorder onStart(Stage stage, Runnable action) {
        onStart.put(stage, action);
        return this;
    }

    Recorder onProgress(Stage stage, Consumer<Long> action) {
        onProgress.put(stage, action);
        return this;
    }

    @Override
    public void stageStarted(Stage stage) {
        events.add("+" + stage);
        onStart.getOrDefault(stage, () -> {}).run();
    }

    @Override
    public void progressed(Progress progress) {
        Stage stage = progress.stage();
        done.computeIfAbsent(stage, any -> new ArrayList<>()).add(progress.bytesDone());
        totals.put(stage, progress.bytesTotal());
        onProgress.getOrDefault(stage, any -> {}).accept(progress.bytesDone());
    }

    @Override
    public void ended(OperationOutcome outcome) {
        outcomes.add(outcome);
    }

    @Override
    public void stageEnded(Stage stage, Duration elapsed) {
        events.add("-" + stage);
    }
}
