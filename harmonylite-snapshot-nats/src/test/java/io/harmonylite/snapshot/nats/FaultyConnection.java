package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A connection that loses or delays chosen requests and replies and passes everything else to a real connection.
 * Thread-safe.
 */
final class FaultyConnection {

    private enum Loss {
        REQUEST,
        REPLY
    }

    private record Fault(Loss loss, Predicate<String> subject, AtomicInteger skip, AtomicInteger times) {

        boolean applies(String to) {
            return subject.test(to) && skip.getAndDecrement() <= 0 && times.getAndDecrement() > 0;
        }
    }

    private final Connection real;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Hook> hooks = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private final Map<String, List<Callable<?>>> holds = new HashMap<>();

    private record Hook(Predicate<String> subject, Callable<?> action, AtomicInteger times) {}

    FaultyConnection(Connection real) {
        this.real = real;
    }

    /** Returns the connection for the code under test. */
    Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("requestWithTimeout") && arguments[0] instanceof Message request) {
                        return request(method, arguments, request.getSubject());
                    }
                    if (method.getName().equals("publish") && arguments[0] instanceof String subject) {
                        return isHeld(subject, () -> uncheckedCall(method, arguments)) ? null : call(method, arguments);
                    }
                    return call(method, arguments);
                });
    }

    /**
     * Holds publications to subjects that contain a part, such as a consumer's requests for messages, until {@link
     * #release}.
     */
    synchronized void hold(String part) {
        holds.put(part, new ArrayList<>());
    }

    /** Sends what was held, and holds no more. */
    synchronized void release(String part) throws Exception {
        for (Callable<?> call : holds.remove(part)) {
            call.call();
        }
    }

    private synchronized boolean isHeld(String subject, Callable<?> call) {
        for (Map.Entry<String, List<Callable<?>>> hold : holds.entrySet()) {
            if (subject.contains(hold.getKey())) {
                return hold.getValue().add(call);
            }
        }
        return false;
    }

    /** Drops some requests to a subject after letting the first ones pass. */
    void loseRequests(Predicate<String> subject, int skip, int times) {
        faults.add(new Fault(Loss.REQUEST, subject, new AtomicInteger(skip), new AtomicInteger(times)));
    }

    /** Drops the replies to some requests after letting the first ones pass; the server has served these requests. */
    void loseReplies(Predicate<String> subject, int skip, int times) {
        faults.add(new Fault(Loss.REPLY, subject, new AtomicInteger(skip), new AtomicInteger(times)));
    }

    /**
     * Runs an action after the server has answered the first request to a subject and before the caller gets the reply.
     */
    void afterFirst(Predicate<String> subject, Callable<?> action) {
        hooks.add(new Hook(subject, action, new AtomicInteger(1)));
    }

    /** Returns the subjects of all requests so far. */
    List<String> requests() {
        return new ArrayList<>(requests);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Returned by reflection.
    private Object request(Method method, Object[] arguments, String subject) throws Throwable {
        requests.add(subject);
        for (Fault fault : faults) {
            if (fault.applies(subject)) {
                if (fault.loss() == Loss.REPLY) {
                    call(method, arguments);
                }
                return new CompletableFuture<Message>();
            }
        }
        Object reply = call(method, arguments);
        for (Hook hook : hooks) {
            if (hook.subject().test(subject) && hook.times().getAndDecrement() > 0) {
                ((CompletableFuture<?>) reply).get();
                hook.action().call();
            }
        }
        return reply;
    }

    private Object uncheckedCall(Method method, Object[] arguments) throws Exception {
        try {
            return call(method, arguments);
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
