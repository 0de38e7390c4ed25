package io.harmonylite.snapshot.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the runs of one operation on one database measured. Not thread-safe. */
final class Series {

    private final Operation operation;
    private final List<Map<String, Double>> runs = new ArrayList<>();

    Series(Operation operation) {
        this.operation = operation;
    }

    Operation operation() {
        return operation;
    }

    void add(Map<String, Double> figures) {
        runs.add(figures);
    }

    /** Names of the figures there are. */
    Set<String> figures() {
        Set<String> names = new TreeSet<>();
        runs.forEach(run -> names.addAll(run.keySet()));
        return names;
    }

    List<Double> sorted(String figure) {
        return runs.stream().map(run -> run.getOrDefault(figure, 0.0)).sorted().toList();
    }

    double median(String figure) {
        List<Double> sorted = sorted(figure);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min(String figure) {
        return sorted(figure).get(0);
    }

    double max(String figure) {
        return sorted(figure).get(runs.size() - 1);
    }
}
