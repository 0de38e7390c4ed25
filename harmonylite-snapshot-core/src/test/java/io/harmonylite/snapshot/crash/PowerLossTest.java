package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.crash.Aftermath.Crash;
import io.harmonylite.snapshot.crash.Aftermath.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power is cut at any step of each operation that writes, on a disk that keeps an arbitrary part of the unsynced data.
 * Each cut has its own seed: the seed of the run plus its number. {@code -Dsnapshot.seed} repeats a run.
 */
class PowerLossTest {

    @TempDir
    Path directory;

    private CrashRecordings recordings;
    private Aftermath aftermath;

    @BeforeEach
    void record() throws Exception {
        recordings = CrashRecordings.get();
        aftermath = new Aftermath(recordings.world(), directory, Crash.POWER_CUT);
    }

    @Test
    void powerCut_oneHundredTimes_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        cut(100);
    }

    @Test
    @Tag("slow")
    void powerCut_sixThousandTimes_leavesOldOrNewStateAndTheNextRunCompletes() throws Exception {
        cut(6000);
    }

    /** Shows that the cuts detect a loss: they do if the syncs are left out. */
    @ParameterizedTest
    @ValueSource(strings = {SteppedFiles.SYNC, SteppedFiles.SYNC_DIRECTORY})
    void powerCut_withoutSyncs_losesAcknowledgedData(String sync) {
        for (CrashWork work : List.of(CrashWork.APPLY_FILE, CrashWork.TAKE, CrashWork.SWAP)) {
            Recording unsynced = recordings.of(work).without(sync);
            assertThatThrownBy(() -> {
                        for (int seed = 0; seed < 100; seed++) {
                            cut(unsynced, unsynced.end(), new Random(seed), "seed " + seed);
                        }
                    })
                    .as("%s without %s", work, sync)
                    .isInstanceOf(AssertionError.class);
        }
    }

    private void cut(int times) throws Exception {
        long seed = SeededRandom.announceSeed(PowerLossTest.class);
        for (int time = 0; time < times; time++) {
            Random random = new Random(seed + time);
            Recording recording = recordings.of(CrashWork.any(random));
            int step = random.nextInt(8) == 0 ? recording.end() : recording.anyThatChanges(random);
            cut(recording, step, random, "seed " + seed + " + " + time);
        }
        System.err.println("PowerLossTest: " + times + " power cuts left " + aftermath.checked() + " different states");
    }

    private void cut(Recording recording, int step, Random random, String seed) throws Exception {
        aftermath.check(
                recording.work(),
                new PowerCut(recording, step).cut(random),
                recording.moments().get(step).acknowledged(),
                recording.isEnd(step) ? Progress.RETURNED : Progress.UNDER_WAY,
                "power cut, " + seed + ": " + recording.describe(step));
    }
}
