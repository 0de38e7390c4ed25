package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.Stage;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Flight recorder event of one stage of an operation. Used by one thread. */
@Name("io.harmonylite.snapshot.Stage")
@Label("Stage")
@Category("HarmonyLite Snapshot")
@Description("One stage of an operation")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // The recorder reads the fields.
public final class StageEvent extends Event {

    @Label("Stage")
    private final String stage;

    @Label("Bytes")
    @Description("Bytes of the image that the stage has processed, if it counts them")
    @DataAmount
    private long bytes;

    @Label("Failure")
    @Description("Class of the exception; null if the stage succeeded")
    private @Nullable String failure;

    private StageEvent(Stage stage) {
        this.stage = stage.name();
    }

    public static StageEvent begin(Stage stage) {
        StageEvent event = new StageEvent(stage);
        event.begin();
        return event;
    }

    /** Records the failure of the stage. */
    public void failed(Throwable cause) {
        failure = cause.getClass().getName();
    }

    /** Ends and commits the event. */
    public void end(long bytesDone) {
        bytes = bytesDone;
        commit();
    }
}
