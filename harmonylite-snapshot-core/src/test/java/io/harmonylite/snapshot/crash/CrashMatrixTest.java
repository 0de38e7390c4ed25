package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.crash.Aftermath.Crash;
import io.harmonylite.snapshot.crash.Aftermath.Progress;
import io.harmonylite.snapshot.crash.Recording.Moment;
import io.harmonylite.snapshot.crash.SteppedProcess.Death;
import io.harmonylite.snapshot.crash.SteppedProcess.Killed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that end before every file operation and every call of SQLite, in everything that the library writes. */
class CrashMatrixTest {

    @TempDir
    Path directory;

    private CrashWorld world;
    private Aftermath aftermath;
    private SteppedProcess process;

    @BeforeEach
    void makeWorld() throws Exception {
        world = new CrashWorld(Files.createDirectory(directory.resolve("world")));
        aftermath = new Aftermath(world, Files.createDirectory(directory.resolve("aftermath")), Crash.KILL);
        process = SteppedProcess.start();
    }

    @AfterEach
    void endProcess() throws IOException {
        process.close();
    }

    @Test
    void killed_beforeEveryFewStepsOfEveryWork_leavesOldOrNewAndIsFinishedByTheNextRun() throws Exception {
        kill(6);
    }

    /** Every distinct state: about 270 of them. */
    @Test
    @Tag("slow")
    void killed_beforeEveryStepOfEveryWork_leavesOldOrNewAndIsFinishedByTheNextRun() throws Exception {
        kill(1);
    }

    private void kill(int stride) throws Exception {
        int turn = 0;
        for (CrashWork work : CrashWork.values()) {
            Recording recording = process.record(work, world.begin(work, "recorded-" + work));
            List<Integer> distinct = recording.distinct();
            for (int i = 0; i < distinct.size(); i++) {
                if (turn++ % stride == 0 || i == distinct.size() - 1) {
                    check(recording, distinct.get(i));
                }
            }
            System.err.println("CrashMatrixTest: " + work + " has " + recording.end() + " steps, " + distinct.size()
                    + " of them change files");
            assertThat(recording.end()).isGreaterThan(10);
        }
        System.err.println("CrashMatrixTest: " + aftermath.checked() + " crashes checked");
    }

    @Test
    void killedForReal_beforeAnyStep_leavesWhatTheNextRunFinishes() throws Exception {
        Random random = SeededRandom.announce(CrashMatrixTest.class);
        for (Death death : Death.values()) {
            CrashWork work = CrashWork.any(random);
            Recording recording = process.record(work, world.begin(work, "recorded-" + death));
            List<Integer> distinct = recording.distinct();
            killForReal(recording, distinct.get(random.nextInt(distinct.size())), death);
        }
    }

    @Test
    @Tag("slow")
    void killedForReal_beforeEveryStepThatFollowsAChange_leavesWhatTheNextRunFinishes() throws Exception {
        for (CrashWork work : CrashWork.values()) {
            Recording recording = process.record(work, world.begin(work, "recorded-" + work));
            for (int step : recording.distinct()) {
                killForReal(recording, step, step % 2 == 0 ? Death.SIGKILL : Death.HALT);
            }
        }
        System.err.println("CrashMatrixTest: " + aftermath.checked() + " processes killed");
    }

    private void killForReal(Recording recording, int step, Death death) throws Exception {
        Path begun = world.begin(recording.work(), "killed-" + aftermath.checked());
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
