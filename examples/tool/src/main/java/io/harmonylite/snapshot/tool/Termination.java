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
 * Waits for SIGINT or SIGTERM, which then do not end the process: whoever waited ends it in order. The class for it is part of
 * every JDK, in {@code jdk.unsupported}, and is used by reflection because the compiler warns of it.
 */
final class Termination implements AutoCloseable {

    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private static final Duration LONG = Duration.ofDays(1);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final List<Runnable> undo = new ArrayList<>();

    private Termination() {}

    /** Listens from now on, until it is closed. */
    static Termination listen() {
        Termination termination = new Termination();
        SIGNALS.forEach(termination::handle);
        return termination;
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
                    "this Java does not let a program answer SIG" + name + "; run it without -Xrs", e);
        }
    }

    private @Nullable Object answer(Method method) {
        if (method.getName().equals("handle")) {
            asked.countDown();
        }
        return null;
    }

    private static void restore(Method handle, Object which, Object before) {
        try {
            handle.invoke(null, which, before);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a signal's handler cannot be put back", e);
        }
    }

    /** Returns when the process is asked to end, or the thread is interrupted. */
    void await() {
        while (!await(LONG)) {
            Thread.onSpinWait(); // A day has passed.
        }
    }

    /** As {@link #await()}, for so long; whether it was asked. */
    boolean await(Duration time) {
        try {
            return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true; // Also a way to ask for the end, inside a program; what follows must not be cut short by it.
        }
    }

    /** Puts back what answered before. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
    }
}
