package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Handles SIGINT and SIGTERM, so that they do not end the process before it has cleaned up. The class that handles
 * signals is in {@code jdk.unsupported} of every JDK; reflection avoids a compiler warning.
 */
final class Termination implements AutoCloseable {

    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private static final Duration A_DAY = Duration.ofDays(1);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> undo = new ArrayList<>();
    private final Runnable action;

    private Termination(@Nullable Runnable action) {
        this.action = action == null ? requested::countDown : action;
    }

    /** Waits for signals, until it is closed. */
    static Termination listen() {
        Termination termination = new Termination(null);
        SIGNALS.forEach(termination::handle);
        return termination;
    }

    /** Interrupts a thread at the first signal. The next one ends the process. Does nothing if Java runs with -Xrs. */
    static void interrupt(Thread thread) {
        Termination[] termination = new Termination[1];
        termination[0] = new Termination(() -> {
            termination[0].close();
            System.err.println("snapshot-tool: stopping, and removing unfinished files; a second signal stops at once");
            thread.interrupt();
        });
        try {
            SIGNALS.forEach(termination[0]::handle);
        } catch (SnapshotConfigurationException e) {
            termination[0].close(); // Signals keep their default, and the next run removes the files.
        }
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object mine = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> answer(method));
            Method handle = signal.getMethod("handle", signal, handler);
            Object which = signal.getConstructor(String.class).newInstance(name);
            Object before = handle.invoke(null, which, mine);
            undo.add(() -> restore(handle, which, before));
        } catch (ReflectiveOperationException e) {
            throw new SnapshotConfigurationException(
                    "signal SIG" + name + " cannot be handled, because the JVM reserves it; run without -Xrs", e);
        }
    }

    private @Nullable Object answer(Method method) {
        if (method.getName().equals("handle")) {
            action.run();
        }
        return null;
    }

    private static void restore(Method handle, Object which, Object before) {
        try {
            handle.invoke(null, which, before);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the previous signal handler cannot be restored", e);
        }
    }

    /** Waits until a signal arrives or the thread is interrupted. */
    void await() {
        while (!await(A_DAY)) {
            Thread.onSpinWait(); // A day has passed.
        }
    }

    /** Waits as {@link #await()} does, at most this long. Returns whether the process is to end. */
    boolean await(Duration time) {
        try {
            return requested.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true; // Also a request to end. The interrupt is cleared, so that it does not disturb the shutdown.
        }
    }

    /** Restores the previous signal handlers. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
    }
}
