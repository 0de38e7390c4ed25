package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.crash.WatchedConnection;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that counts messages and ends at a given point. Prints the last counted message. */
final class SequenceMapCrash {

    static final int HALTED = 42;

    private SequenceMapCrash() {}

    /** Starts a process of this class. */
    static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                SequenceMapCrash.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Returns the last number that a process printed, 0 if none. */
    static long lastNumber(Process process) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return lines.lines().mapToLong(Long::parseLong).max().orElse(0);
        }
    }

    /** Runs in the new process. */
    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[1]);
        int at = Integer.parseInt(arguments[2]);
        switch (arguments[0]) {
            case "file" -> countInFile(path, at);
            case "table" -> countInTable(path, haltingAt(at));
            default -> hold(path);
        }
    }

    private static void hold(Path file) throws IOException {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", StreamPosition.at(1));
            print(1);
            System.in.read();
        }
    }

    private static void countInFile(Path file, int at) {
        HookedFileOperations files = new HookedFileOperations((number, operation) -> {
            if (number == at) {
                Runtime.getRuntime().halt(HALTED);
            }
        });
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            for (long n = 1; n <= 2; n++) {
                map.apply("s", StreamPosition.at(n), () -> {});
                print(n);
            }
        }
    }

    /** Halts before the k-th call, counted from 0, if {@code at} is 2k, and after it if {@code at} is 2k + 1. */
    private static Calls haltingAt(int at) {
        AtomicInteger number = new AtomicInteger();
        return () -> {
            if (number.getAndIncrement() == at) {
                Runtime.getRuntime().halt(HALTED);
            }
        };
    }

    private static void countInTable(Path database, Calls calls) throws Exception {
        try (Connection connection = hooked(TestDatabase.open(database), calls)) {
            connection.setAutoCommit(false);
            applyTwo(connection, SequenceMapCrash::print);
        }
    }

    /** Applies two messages, each in its own transaction; the second one joins a range counted ahead. */
    static void applyTwo(Connection connection, Acknowledged acknowledged) throws Exception {
        TableSequenceMap map = TableSequenceMap.create();
        for (long n = 1; n <= 2; n++) {
            if (map.in(connection).applied("s", StreamPosition.at(n))) {
                TestDatabase.run(connection, "INSERT INTO data VALUES (" + n + ")");
            }
            if (n == 1) {
                map.in(connection).published("s", StreamPosition.at(3));
            }
            connection.commit();
            acknowledged.upTo(n);
        }
    }

    private static void print(long n) {
        System.out.println(n);
        System.out.flush();
    }

    /** Wraps a connection with a hook before and after each call of it, its statements and their rows. */
    static Connection hooked(Connection connection, Calls calls) {
        return WatchedConnection.of(connection, new WatchedConnection.Calls() {
            @Override
            public void before(String call) {
                calls.beforeOrAfter();
            }

            @Override
            public void after(String call) {
                calls.beforeOrAfter();
            }
        });
    }

    /** Receives every call, before and after it. */
    @FunctionalInterface
    interface Calls {

        /** Called before and after a call; may throw, or end the process. */
        void beforeOrAfter();
    }

    /** Receives every committed transaction. */
    @FunctionalInterface
    interface Acknowledged {

        /** Called when everything up to this message is committed. */
        void upTo(long sequence);
    }
}
