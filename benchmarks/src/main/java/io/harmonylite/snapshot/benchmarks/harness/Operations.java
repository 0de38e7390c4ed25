package io.harmonylite.snapshot.benchmarks.harness;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Everything that is measured, in the order of the report. */
final class Operations {

    private Operations() {}

    static List<Operation> all() {
        return Stream.of(Limits.all(), OriginalPipeline.all(), OwnPipeline.all(), RemotePipeline.all(), Writers.all())
                .flatMap(List::stream)
                .toList();
    }

    static Operation named(String name) {
        return all().stream()
                .filter(operation -> operation.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such operation: " + name));
    }

    /** An operation without figures of its own. */
    static Operation of(String name, Operation.Group group, Step step) {
        return of(name, group, workspace -> {}, step);
    }

    /** An operation that needs something made ready. */
    static Operation of(String name, Operation.Group group, Step prepare, Step step) {
        return new Simple(name, group, prepare, step);
    }

    /** What an operation does. */
    interface Step {
        void run(Workspace workspace) throws Exception;
    }

    private record Simple(String name, Group group, Step prepareStep, Step step) implements Operation {

        @Override
        public void prepare(Workspace workspace) throws Exception {
            prepareStep.run(workspace);
        }

        @Override
        public Map<String, Double> run(Workspace workspace) throws Exception {
            step.run(workspace);
            return Map.of();
        }
    }
}
