package io.harmonylite.snapshot.crash;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * All moments of one work at which a crash can come, in order; the last one is after its end. Immutable.
 *
 * @param work the work
 * @param moments the moments
 */
record Recording(CrashWork work, List<Moment> moments) {

    /**
     * The moment before a step.
     *
     * @param operation name of the step, empty at the end
     * @param subject the path concerned
     * @param tree the files
     * @param acknowledged the last message reported as applied
     */
    record Moment(String operation, String subject, Tree tree, long acknowledged) {}

    /** Returns the recording as if an operation had no effect. */
    Recording without(String operation) {
        return new Recording(
                work,
                moments.stream()
                        .map(moment -> moment.operation().equals(operation)
                                ? new Moment("left out", "", moment.tree(), moment.acknowledged())
                                : moment)
                        .toList());
    }

    int end() {
        return moments.size() - 1;
    }

    /** Returns whether the work has returned at this moment. */
    boolean isEnd(int number) {
        return number == end();
    }

    /** Returns the moments at which a killed process leaves files that no earlier moment does. */
    List<Integer> distinct() {
        Set<Map<String, Content>> seen = new HashSet<>();
        List<Integer> distinct = new ArrayList<>();
        for (int number = 0; number < moments.size(); number++) {
            if (seen.add(moments.get(number).tree().state()) || isEnd(number)) {
                distinct.add(number);
            }
        }
        return distinct;
    }

    /** Returns a random moment before a step that changes or syncs a file. */
    int anyThatChanges(Random random) {
        while (true) {
            int number = random.nextInt(moments.size());
            if (isEnd(number) || changes(number)) {
                return number;
            }
        }
    }

    private boolean changes(int number) {
        Moment moment = moments.get(number);
        return moment.operation().startsWith(SteppedFiles.SYNC)
                || !moment.tree().equals(moments.get(number + 1).tree());
    }

    String describe(int number) {
        Moment moment = moments.get(number);
        return work + " at step " + number + " of " + end() + ", before " + moment.operation() + " " + moment.subject();
    }
}
