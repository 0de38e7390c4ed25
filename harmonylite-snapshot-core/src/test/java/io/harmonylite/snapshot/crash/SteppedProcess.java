package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ChildJvm;
import io.harmonylite.snapshot.crash.Aftermath.Progress;
import io.harmonylite.snapshot.crash.Recording.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of {@link CrashProgram}, controlled step by step. */
final class SteppedProcess implements AutoCloseable {

    /** The exit status of a process that SIGKILL ended. */
    private static final int KILLED = 128 + 9;

    private final ChildJvm child;

    private SteppedProcess(ChildJvm child) {
        this.child = child;
    }

    static SteppedProcess start() throws IOException {
        return new SteppedProcess(ChildJvm.start(CrashProgram.class));
    }

    /** Runs a work to its end, and reads all files before each step. */
    Recording record(CrashWork work, Path directory) throws IOException {
        TreeReader reader = new TreeReader(directory);
        List<Moment> moments = new ArrayList<>();
        long acknowledged = 0;
        child.say(work.name(), directory.toString());
        for (String[] line = line(); !line[0].equals(CrashProgram.DONE); line = line()) {
            if (line[0].equals(CrashProgram.ACKNOWLEDGED)) {
                acknowledged = Long.parseLong(line[1]);
            } else {
                String subject = line.length > 2 ? line[2] : "";
                moments.add(new Moment(line[1], relative(directory, subject), reader.read(), acknowledged));
                child.say("");
            }
        }
        moments.add(new Moment("", "", reader.read(), acknowledged));
        return new Recording(work, List.copyOf(moments));
    }

    private static String relative(Path directory, String subject) {
        return subject.startsWith(directory.toString())
                ? directory.relativize(Path.of(subject)).toString()
                : subject;
    }

    /**
     * Runs a work up to a step, or to its end if that comes first, and ends the process: by {@code SIGKILL} or by
     * {@code Runtime.halt}.
     */
    Killed kill(CrashWork work, Path directory, int step, Death death) throws IOException, InterruptedException {
        long acknowledged = 0;
        child.say(work.name(), directory.toString());
        for (int steps = 0; ; ) {
            String[] line = line();
            if (line[0].equals(CrashProgram.ACKNOWLEDGED)) {
                acknowledged = Long.parseLong(line[1]);
            } else if (line[0].equals(CrashProgram.DONE)) {
                end(death);
                return new Killed(acknowledged, Progress.RETURNED);
            } else if (steps++ == step) {
                end(death);
                return new Killed(acknowledged, Progress.UNDER_WAY);
            } else {
                child.say("");
            }
        }
    }

    private void end(Death death) throws IOException, InterruptedException {
        if (death == Death.HALT) {
            child.say(CrashProgram.HALT);
            assertThat(child.await()).isEqualTo(CrashProgram.HALTED);
        } else {
            assertThat(child.kill()).isEqualTo(KILLED);
        }
    }

    private String[] line() throws IOException {
        return child.line().split("\t");
    }

    @Override
    public void close() throws IOException {
        child.close();
    }

    /**
     * The result of a process that was ended.
     *
     * @param acknowledged the last message that it reported as applied
     * @param progress how far its work was
     */
    record Killed(long acknowledged, Progress progress) {}

    /** How a process is ended. */
    enum Death {
        /** By {@code Runtime.halt}. */
        HALT,
        /** By {@code SIGKILL}. */
        SIGKILL
    }
}
