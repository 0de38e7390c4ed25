package io.harmonylite.snapshot.sequence;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs concurrent callers: a change is on disk when its caller returns, every caller returns, and one caller writes at
 * a time.
 */
public class GroupCommitLincheckTest {

    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong disk = new AtomicLong();
    private final AtomicLong writers = new AtomicLong();
    private final GroupCommit commit = new GroupCommit(this::write);

    private long write() {
        if (writers.incrementAndGet() != 1) {
            throw new IllegalStateException("two at once");
        }
        long last = changes.get();
        disk.set(last);
        writers.decrementAndGet();
        return last;
    }

    @Operation
    public boolean count() {
        long change = changes.incrementAndGet();
        commit.await(change);
        return disk.get() >= change;
    }

    @Operation
    public void offer() {
        commit.offer(changes.get());
    }

    @Test
    @Tag("slow")
    void await_inEveryInterleaving_returnsAfterWrite() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(2)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(GroupCommitLincheckTest.class);
    }
}
