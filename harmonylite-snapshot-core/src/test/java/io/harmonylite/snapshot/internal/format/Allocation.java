package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How much memory a call asks for. */
final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Fails where a call allocates more than so many bytes. */
    static void assertAtMost(long bytes, ThrowingCallable call) throws Throwable {
        assertThat(by(call)).isLessThan(bytes);
    }

    /** Bytes that a call allocates. */
    static long by(ThrowingCallable call) throws Throwable {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        call.call();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
