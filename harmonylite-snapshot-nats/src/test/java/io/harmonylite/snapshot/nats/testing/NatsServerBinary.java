package io.harmonylite.snapshot.nats.testing;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a {@code nats-server}: the program that {@code NATS_SERVER} names, else {@code target/bin/nats-server} at the
 * root of this build, else the first one on the path. If Go is available, it installs the second one. The result is
 * kept for the process. Concurrent processes wait for each other during an installation.
 *
 * @param named value of {@code NATS_SERVER}; null or empty if it is not set
 * @param root root of the build
 * @param path directories to search for programs
 */
record NatsServerBinary(@Nullable String named, Path root, List<Path> path) {

    private static final String MODULE = "github.com/nats-io/nats-server/v2@v2.12.3";
    private static final int INSTALL_MINUTES = 9;

    private static volatile Path found;

    /** Returns the path of the program. */
    static synchronized Path find() throws IOException, InterruptedException {
        if (found == null) {
            found = new NatsServerBinary(System.getenv("NATS_SERVER"), buildRoot(), systemPath()).search();
        }
        return found;
    }

    /** Returns the path of the program, found only by the fields of this record. */
    Path search() throws IOException, InterruptedException {
        if (named != null && !named.isEmpty()) {
            return executable(Path.of(named))
                    .orElseThrow(() -> new IOException("NATS_SERVER names no program: " + named));
        }
        List<String> reasons = new ArrayList<>();
        Optional<Path> installed = installed(reasons);
        if (installed.isPresent()) {
            return installed.get();
        }
        return onPath("nats-server")
                .orElseThrow(() -> new IOException("no nats-server found for the tests: set NATS_SERVER,"
                        + " or install Go (the build then installs " + MODULE + "), or the package nats-server; "
                        + String.join("; ", reasons)));
    }

    private Optional<Path> installed(List<String> reasons) throws IOException, InterruptedException {
        Path bin = Files.createDirectories(root.resolve("target/bin"));
        Path program = bin.resolve("nats-server");
        try (FileChannel channel = FileChannel.open(
                        bin.resolve("nats-server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (executable(program).isEmpty()) {
                install(bin, program, reasons);
            }
        }
        return executable(program);
    }

    private void install(Path bin, Path program, List<String> reasons) throws IOException, InterruptedException {
        Optional<Path> go = onPath("go");
        if (go.isEmpty()) {
            reasons.add("Go is not installed");
            return;
        }
        Path fresh = Files.createTempDirectory(bin, "install-");
        Path log = fresh.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(go.get().toString(), "install", MODULE)
                .directory(fresh.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("GOBIN", fresh.toString());
        if (succeeds(builder)) {
            Files.move(fresh.resolve("nats-server"), program, StandardCopyOption.ATOMIC_MOVE);
        } else {
            String failure =
                    "go install " + MODULE + " failed: " + Files.readString(log).strip();
            System.err.println(failure);
            reasons.add(failure);
        }
        Files.delete(log);
        Files.delete(fresh);
    }

    private static boolean succeeds(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        try {
            return process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns the directory above this one that holds {@code .mvn}; all modules of a build share it. */
    private static Path buildRoot() throws IOException {
        Path start = Path.of("").toAbsolutePath();
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve(".mvn"))) {
                return directory;
            }
        }
        return start;
    }

    /** Returns the directories of {@code PATH} and the usual ones of administrators' programs and Go. */
    private static List<Path> systemPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/local/go/bin"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .toList();
    }

    private Optional<Path> onPath(String program) {
        return path.stream()
                .map(directory -> executable(directory.resolve(program)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Path> executable(Path program) {
        return Optional.of(program).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    }
}
