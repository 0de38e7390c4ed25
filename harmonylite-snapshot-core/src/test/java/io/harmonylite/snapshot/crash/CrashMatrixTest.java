package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.crash.Aftermath.Crash;
import io.harmonylite.snapshot.crash.Aftermath.Progress;
import io.harmonylite.snapshot.crash.Recording.Moment;
import io.harmonylite.snapshot.crash.SteppedProcess.Death;
import io.harmonylite.snapshot.crash.SteppedProcess.Killed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed before file operations and SQLite calls, in each operation of the library that writes. */
class CrashMatrixTest {

    /** Every build checks one in this many of the distinct states. */
    private static final int SAMPLED = 10;

    @TempDir
    Path directory;

    private CrashRecordings recordings;
    private Aftermath aftermath;

    @BeforeEach
    void record() throws Exception {
        recordings = CrashRecordings.get();
        aftermath =
                new Aftermath(recordings.world(), Files.createDirectory(directory.resolve("aftermath")), Crash.KILL);
    }

    @Test
    void kill_beforeASampleOfSteps_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        int turn = SeededRandom.announce(CrashMatrixTest.class).nextInt(SAMPLED);
        for (Recording recording : recordings.all()) {
            assertThat(recording.end()).isGreaterThan(10);
            for (int step : recording.distinct()) {
                if (turn++ % SAMPLED == 0 || recording.isEnd(step)) {
                    check(recording, step);
                }
            }
        }
        System.err.println("CrashMatrixTest: " + aftermath.checked() + " states checked");
    }

    /** Checks every distinct state, about 270. */
    @Test
    @Tag("slow")
    void kill_beforeEveryStep_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        for (Recording recording : recordings.all()) {
            List<Integer> distinct = recording.distinct();
            for (int step : distinct) {
                check(recording, step);
            }
            System.err.println("CrashMatrixTest: " + recording.work() + " has " + recording.end() + " steps, "
                    + distinct.size() + " of them change files");
        }
        System.err.println("CrashMatrixTest: " + aftermath.checked() + " states checked");
    }

    @Test
    void kill_realProcessBeforeARandomStep_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        Random random = SeededRandom.announce(CrashMatrixTest.class);
        for (Death death : Death.values()) {
            Recording recording = recordings.of(CrashWork.any(random));
            List<Integer> distinct = recording.distinct();
            killProcess(recording, distinct.get(random.nextInt(distinct.size())), death);
        }
    }

    @Test
    @Tag("slow")
    void kill_realProcessBeforeEveryDistinctState_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        for (Recording recording : recordings.all()) {
            for (int step : recording.distinct()) {
                killProcess(recording, step, step % 2 == 0 ? Death.SIGKILL : Death.HALT);
            }
        }
        System.err.println("CrashMatrixTest: " + aftermath.checked() + " processes killed");
    }

    private void killProcess(Recording recording, int step, Death death) throws Exception {
        Path begun = recordings.world().begin(recording.work(), directory.resolve("killed-" + aftermath.checked()));
        Killed killed;
        try (SteppedProcess victim = SteppedProcess.start()) {
            killed = victim.kill(recording.work(), begun, step, death);
        }
        aftermath.check(
                recording.work(),
                begun,
                killed.acknowledged(),
                killed.progress(),
                death + " of " + recording.describe(step));
    }

    private void check(Recording recording, int step) throws Exception {
        Moment moment = recording.moments().get(step);
        Progress progress = recording.isEnd(step) ? Progress.RETURNED : Progress.UNDER_WAY;
        aftermath.check(recording.work(), moment.tree(), moment.acknowledged(), progress, recording.describe(step));
    }
}
