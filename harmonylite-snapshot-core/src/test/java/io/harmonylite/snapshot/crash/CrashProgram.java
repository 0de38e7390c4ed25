package io.harmonylite.snapshot.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of the child process: does one work after the other, each in a directory, as lines of standard input tell
 * it. It prints every step before it takes it, and waits for a line: an empty line lets it proceed, any other ends it
 * at once. Between works, {@link #HALT} ends it.
 */
final class CrashProgram {

    static final int HALTED = 42;
    static final String HALT = "halt";
    static final String STEP = "step";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String DONE = "done";

    private static final BufferedReader INPUT =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private CrashProgram() {}

    public static void main(String[] arguments) throws Exception {
        for (String work = INPUT.readLine(); work != null; work = INPUT.readLine()) {
            if (work.equals(HALT)) {
                Runtime.getRuntime().halt(HALTED);
            }
            run(CrashWork.valueOf(work), Path.of(INPUT.readLine()));
            print(DONE);
        }
    }

    private static void run(CrashWork work, Path directory) throws Exception {
        try (CrashNode node = new CrashNode(directory, work.kind, CrashProgram::before)) {
            work.run(node, message -> print(ACKNOWLEDGED + "\t" + message));
        }
    }

    private static synchronized void before(String operation, String subject) {
        print(STEP + "\t" + operation + "\t" + subject);
        try {
            if (!"".equals(INPUT.readLine())) {
                Runtime.getRuntime().halt(HALTED);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
