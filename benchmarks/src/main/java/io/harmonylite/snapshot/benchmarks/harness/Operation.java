package io.harmonylite.snapshot.benchmarks.harness;

import java.util.Map;

/** One thing that is measured, in a process of its own. */
interface Operation {

    /** What it is compared as. */
    enum Group {
        /** What the machine can do. */
        LIMIT,
        /** What the original does. */
        ORIGINAL,
        /** What this library does. */
        OURS,
        /** What a writer sees meanwhile. */
        WRITER
    }

    /** Its name in reports, unique. */
    String name();

    /** What it is compared as. */
    Group group();

    /** Makes ready what the run needs; not timed. */
    default void prepare(Workspace workspace) throws Exception {}

    /** What is timed. Returns figures of its own, by name; mostly none. */
    Map<String, Double> run(Workspace workspace) throws Exception;
}
