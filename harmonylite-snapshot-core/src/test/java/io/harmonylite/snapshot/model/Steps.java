package io.harmonylite.snapshot.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Counts the steps of an operation: file operations and calls of SQLite. Runs an action once, before a chosen step. */
final class Steps {

    private static final Pattern CHANGES = Pattern.compile("execute.*|commit|rollback|close|backup.*");

    private final List<String> log = new ArrayList<>();
    private int chosen = -1;
    private Action action = () -> {};
    private boolean inAction;

    /** Runs an action before a step, counted from 0 from now on. */
    synchronized void before(int step, Action what) {
        log.clear();
        chosen = step;
        action = what;
    }

    /** Takes a step; steps of the action itself do not count. */
    void next(String step) throws IOException {
        if (isChosen(step)) {
            try {
                action.run();
            } finally {
                passed();
            }
        }
    }

    private synchronized boolean isChosen(String step) {
        if (inAction) {
            return false;
        }
        log.add(step);
        inAction = log.size() - 1 == chosen;
        return inAction;
    }

    private synchronized void passed() {
        inAction = false;
    }

    /** Takes a step if a call of SQLite is one. */
    void call(String name) {
        if (CHANGES.matcher(name).matches()) {
            try {
                next("sqlite " + name);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Runs before a step. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }
}
