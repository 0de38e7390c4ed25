package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Measures the memory that a call allocates. */
final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Fails if a call allocates the given number of bytes or more. */
    static void assertAtMost(long bytes, ThrowingCallable call) throws Throwable {
        assertThat(by(call)).isLessThan(bytes);
    }

    /** Returns the bytes that a call allocates. */
    static long by(ThrowingCallable call) throws Throwable {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        call.call();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
