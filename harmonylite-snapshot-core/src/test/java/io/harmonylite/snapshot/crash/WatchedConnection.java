package io.harmonylite.snapshot.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

/** Connections with a hook around each call of them, of their statements and of their rows. */
public final class WatchedConnection {

    private WatchedConnection() {}

    /** A connection that tells of every call. */
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

    /** Told of every call, twice. */
    public interface Calls {

        /** May throw, or end the process. */
        void before(String call);

        /** May throw, or end the process. */
        default void after(String call) {}
    }
}
