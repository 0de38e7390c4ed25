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

/** A process that counts, and dies where it is told to. Says on standard output how far it got. */
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

    /** The last number a process said, 0 where it said none. */
    static long lastNumber(Process process) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return lines.lines().mapToLong(Long::parseLong).max().orElse(0);
        }
    }

    /** Called in the new process. */
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
            say(1);
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
                say(n);
            }
        }
    }

    /** Dies before the k-th call, counted from 0, where {@code at} is 2k, and after it where it is 2k + 1. */
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
            receiveTwo(connection, SequenceMapCrash::say);
        }
    }

    /** Two messages, each applied in a transaction of its own; the second takes an ahead range with it. */
    static void receiveTwo(Connection connection, Acknowledged acknowledged) throws Exception {
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

    private static void say(long n) {
        System.out.println(n);
        System.out.flush();
    }

    /** A connection with a hook before and after each call of it, its statements and their rows. */
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

    /** Told of every call, twice. */
    @FunctionalInterface
    interface Calls {

        /** May throw, or end the process. */
        void beforeOrAfter();
    }

    /** Told of every transaction that was committed. */
    @FunctionalInterface
    interface Acknowledged {

        /** Everything up to this message is committed. */
        void upTo(long sequence);
    }
}
