package io.harmonylite.snapshot.internal.sequence;

import java.io.Closeable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives internals the {@link MapControl} of a {@code FileSequenceMap}, which publishes it when it is loaded. */
public final class FileMapAccess {

    private static volatile Function<Closeable, @Nullable MapControl> control = map -> null;

    private FileMapAccess() {}

    /** Sets the function, which returns null for any other map; called once, by the class of the file map. */
    public static void publish(Function<Closeable, @Nullable MapControl> function) {
        control = function;
    }

    /** Returns the control of a file map; null for any other map. */
    static @Nullable MapControl controlOf(Closeable map) {
        return control.apply(map);
    }
}
