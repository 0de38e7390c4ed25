package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.crash.Aftermath.Crash;
import io.harmonylite.snapshot.crash.Aftermath.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Power cuts at any step of everything that the library writes, on a disk that keeps of what was not synced what it likes.
 * Each cut has a seed of its own, that of the run and its number; {@code -Dsnapshot.seed} repeats a run.
 */
class PowerLossTest {

    @TempDir
    Path directory;

    private CrashWorld world;
    private Aftermath aftermath;

    @Test
    void powerCut_hundredsOfTimes_leavesOldOrNewAndIsFinishedByTheNextRun() throws Exception {
        cut(200);
    }

    @Test
    @Tag("slow")
    void powerCut_thousandsOfTimes_leavesOldOrNewAndIsFinishedByTheNextRun() throws Exception {
        cut(6000);
    }

    /** The cuts can find something: without the syncs they do. */
    @ParameterizedTest
    @ValueSource(strings = {SteppedFiles.SYNC, SteppedFiles.SYNC_DIRECTORY})
    void powerCut_whereSyncsAreLeftOut_losesWhatWasPromised(String sync) throws Exception {
        List<CrashWork> works = List.of(CrashWork.APPLY_FILE, CrashWork.TAKE, CrashWork.SWAP);
        for (Recording recording : record(works).values()) {
            Recording careless = recording.without(sync);
            assertThatThrownBy(() -> {
                        for (int seed = 0; seed < 100; seed++) {
                            Random random = new Random(seed);
                            cut(aftermath, careless, careless.end(), random, "seed " + seed);
                        }
                    })
                    .as("%s without %s", recording.work(), sync)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @BeforeEach
    void makeWorld() throws Exception {
        world = new CrashWorld(Files.createDirectory(directory.resolve("world")));
        aftermath = new Aftermath(world, Files.createDirectory(directory.resolve("aftermath")), Crash.POWER_CUT);
    }

    private void cut(int times) throws Exception {
        Map<CrashWork, Recording> recordings = record(List.of(CrashWork.values()));
        long seed = SeededRandom.announceSeed(PowerLossTest.class);
        for (int time = 0; time < times; time++) {
            Random random = new Random(seed + time);
            CrashWork work = CrashWork.any(random);
            Recording recording = recordings.get(work);
            int step = random.nextInt(8) == 0 ? recording.end() : recording.anyThatChanges(random);
            cut(aftermath, recording, step, random, "seed " + seed + " + " + time);
        }
        System.err.println("PowerLossTest: " + times + " power cuts left " + aftermath.checked() + " different states");
    }

    private Map<CrashWork, Recording> record(List<CrashWork> works) throws Exception {
        Map<CrashWork, Recording> recordings = new EnumMap<>(CrashWork.class);
        try (SteppedProcess process = SteppedProcess.start()) {
            for (CrashWork work : works) {
                recordings.put(work, process.record(work, world.begin(work, "recorded-" + work)));
            }
        }
        return recordings;
    }

    private static void cut(Aftermath aftermath, Recording recording, int step, Random random, String seed)
            throws Exception {
        Tree left = new PowerCut(recording, step).cut(random);
        aftermath.check(
                recording.work(),
                left,
                recording.moments().get(step).acknowledged(),
                recording.isEnd(step) ? Progress.RETURNED : Progress.UNDER_WAY,
                "power cut, " + seed + ": " + recording.describe(step));
    }
}
