package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives this library's internals the {@link MapControl} of a {@link FileSequenceMap}, which hosts cannot see. {@link
 * FileSequenceMap} publishes the function when it is loaded, so before the first map exists. Thread-safe.
 */
public final class FileMapAccess {

    private static volatile @Nullable Function<FileSequenceMap, MapControl> control;

    private FileMapAccess() {}

    /** Sets the function; called once, by {@link FileSequenceMap} itself. */
    public static void publish(Function<FileSequenceMap, MapControl> function) {
        control = function;
    }

    static MapControl controlOf(FileSequenceMap map) {
        return Objects.requireNonNull(control, "set by the class of the map").apply(map);
    }
}
