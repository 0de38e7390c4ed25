package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Flight recorder event of any operation; a hierarchy of types can make the loading of a class fail during a recording
 * (measured on JDK 17). Used by one thread.
 */
@Name("io.harmonylite.snapshot.Operation")
@Label("Operation")
@Category("HarmonyLite Snapshot")
@Description("An operation on snapshots, such as a take, a restore or a copy")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // The recorder reads the fields.
final class OperationEvent extends Event {

    @Label("Operation")
    private @Nullable String operation;

    @Label("Name")
    @Description("Name of the snapshots in the store")
    private @Nullable String name;

    @Label("Result")
    @Description("done, unchanged or failed; unchanged is a take that stored nothing, as an identical snapshot exists")
    private @Nullable String result;

    @Label("Snapshot")
    @Description("Id of the snapshot that the operation was about")
    private @Nullable String snapshot;

    @Label("Bytes")
    @Description("Number of bytes stored, fetched or freed")
    @DataAmount
    private long bytes;

    @Label("Referenced Bytes")
    @Description("Number of bytes of earlier takes that the snapshot of a take needs too")
    @DataAmount
    private long referencedBytes;

    @Label("Reused Bytes")
    @Description("Number of bytes of the image that a restore took from the replaced database")
    @DataAmount
    private long reusedBytes;

    @Label("Image Bytes")
    @Description("Size of the image of a take or a restore")
    @DataAmount
    private long imageBytes;

    @Label("Failure")
    @Description("Class of the exception; null if the operation succeeded")
    private @Nullable String failure;

    @Label("Failed Stage")
    private @Nullable String failedStage;

    /** Ends and commits the event. */
    void end(OperationOutcome outcome) {
        operation = outcome.operation().label();
        name = outcome.name();
        result = outcome.result();
        snapshot = outcome.snapshot().map(SnapshotId::toString).orElse(null);
        bytes = outcome.bytes();
        referencedBytes = outcome.referencedBytes();
        reusedBytes = outcome.reusedBytes();
        imageBytes = outcome.imageBytes();
        failure = outcome.failure().map(e -> e.getClass().getName()).orElse(null);
        failedStage = outcome.failedStage().map(Stage::name).orElse(null);
        commit();
    }
}
