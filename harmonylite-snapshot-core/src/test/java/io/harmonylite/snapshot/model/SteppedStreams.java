package io.harmonylite.snapshot.model;

import io.harmonylite.snapshot.stream.Streams;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Wraps streams, so that each call is a step. */
final class SteppedStreams {

    private SteppedStreams() {}

    static Streams of(Streams streams, Steps steps) {
        return (Streams) Proxy.newProxyInstance(
                Streams.class.getClassLoader(), new Class<?>[] {Streams.class}, (proxy, method, arguments) -> {
                    steps.next("stream " + method.getName());
                    try {
                        return method.invoke(streams, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
