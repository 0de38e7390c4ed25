package io.harmonylite.snapshot.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

/** Wraps connections, with a hook around each call of them, their statements and their rows. */
public final class WatchedConnection {

    private WatchedConnection() {}

    /** Returns a connection that reports every call. */
    public static Connection of(Connection connection, Calls calls) {
        return watched(Connection.class, connection, calls);
    }

    private static <T> T watched(Class<T> type, Object target, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(target, method, arguments, calls)));
    }

    private static Object call(Object target, Method method, Object[] arguments, Calls calls) throws Throwable {
        calls.before(method.getName());
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        calls.after(method.getName());
        return isWatched(method.getReturnType()) ? watched(method.getReturnType(), result, calls) : result;
    }

    private static boolean isWatched(Class<?> type) {
        return type == PreparedStatement.class || type == Statement.class || type == ResultSet.class;
    }

    /** Receives every call, before and after it. */
    public interface Calls {

        /** Called before or after a call; may throw, or end the process. */
        void before(String call);

        /** Called before or after a call; may throw, or end the process. */
        default void after(String call) {}
    }
}
