package io.harmonylite.snapshot.internal.base;

import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Lets the library set the snapshot and the stage of a {@code SnapshotException}, which hosts only read. */
public final class ExceptionAccess {

    private static volatile @Nullable BiConsumer<Object, Object> snapshot;
    private static volatile @Nullable BiConsumer<Object, Object> stage;

    private ExceptionAccess() {}

    /** Installs the setters of the exception class. */
    public static void install(BiConsumer<Object, Object> ofSnapshot, BiConsumer<Object, Object> ofStage) {
        snapshot = ofSnapshot;
        stage = ofStage;
    }

    /** Sets the snapshot that a failure is about, unless it is already set. */
    public static void setSnapshot(Object exception, Object id) {
        Objects.requireNonNull(snapshot, "an exception was created before").accept(exception, id);
    }

    /** Sets the stage that failed, unless it is already set. */
    public static void setStage(Object exception, Object failed) {
        Objects.requireNonNull(stage, "an exception was created before").accept(exception, failed);
    }
}
