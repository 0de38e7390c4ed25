package io.harmonylite.snapshot.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Another process's part: does one work after the other, each in a directory, as it is told by a line of standard input. It
 * says every step before it takes it, and waits for a line: an empty one lets it go on, any other ends it on the spot.
 * Between works {@link #HALT} ends it.
 */
final class CrashProgram {

    static final int HALTED = 42;
    static final String HALT = "halt";
    static final String STEP = "step";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String DONE = "done";

    private static final BufferedReader ORDERS =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private CrashProgram() {}

    public static void main(String[] arguments) throws Exception {
        for (String work = ORDERS.readLine(); work != null; work = ORDERS.readLine()) {
            if (work.equals(HALT)) {
                Runtime.getRuntime().halt(HALTED);
            }
            run(CrashWork.valueOf(work), Path.of(ORDERS.readLine()));
            say(DONE);
        }
    }

    private static void run(CrashWork work, Path directory) throws Exception {
        try (CrashNode node = new CrashNode(directory, work.kind, CrashProgram::before)) {
            work.run(node, message -> say(ACKNOWLEDGED + "\t" + message));
        }
    }

    private static synchronized void before(String operation, String subject) {
        say(STEP + "\t" + operation + "\t" + subject);
        try {
            if (!"".equals(ORDERS.readLine())) {
                Runtime.getRuntime().halt(HALTED);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
