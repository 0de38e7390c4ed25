package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the way from the manager to the work short, so that a stack trace can be read. */
class TakeFramesTest {

    private static final int MOST = 10;

    @TempDir
    Path directory;

    @Test
    void take_fromManagerToCapture_passesFewFrames() throws Exception {
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        List<List<String>> stacks = new ArrayList<>();
        SnapshotManager.builder("orders", database, new InMemorySnapshotStore())
                .connectionCustomizer(connection -> stacks.add(stack()))
                .build()
                .take();
        List<String> way = stacks.stream()
                .map(TakeFramesTest::fromManagerToCapture)
                .filter(frames -> !frames.isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(way).as("frames, the JDK's left out").hasSizeLessThanOrEqualTo(MOST);
    }

    /** The caller first; frames of the JDK are left out. */
    private static List<String> stack() {
        List<String> frames = StackWalker.getInstance()
                .walk(stack -> new ArrayList<>(stack.filter(
                                frame -> !frame.getClassName().startsWith("java."))
                        .map(frame -> frame.getClassName().replaceFirst(".*\\.", "") + "." + frame.getMethodName())
                        .toList()));
        Collections.reverse(frames);
        return frames;
    }

    private static List<String> fromManagerToCapture(List<String> stack) {
        int capture = stack.lastIndexOf("Capture.run");
        return capture < 0 ? List.of() : stack.subList(stack.indexOf("SnapshotManager.take"), capture + 1);
    }
}
