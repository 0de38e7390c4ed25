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

/**
 * Finds a {@code nats-server}: the one that {@code NATS_SERVER} names; else {@code target/bin/nats-server} at the root of
 * this build, which Go installs there where there is one; else the one on the path. Found once per process; processes
 * that run at the same time wait for each other while one installs.
 */
final class NatsServerBinary {

    private static final String MODULE = "github.com/nats-io/nats-server/v2@v2.12.3";
    private static final int INSTALL_MINUTES = 9;

    private static volatile Path found;

    private NatsServerBinary() {}

    /** The program's path. */
    static synchronized Path find() throws IOException, InterruptedException {
        if (found == null) {
            found = search();
        }
        return found;
    }

    private static Path search() throws IOException, InterruptedException {
        String named = System.getenv("NATS_SERVER");
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
                .orElseThrow(() -> new IOException("no nats-server for the tests: set NATS_SERVER,"
                        + " or install Go (the build then installs " + MODULE + "), or the package nats-server; "
                        + String.join("; ", reasons)));
    }

    private static Optional<Path> installed(List<String> reasons) throws IOException, InterruptedException {
        Path bin = Files.createDirectories(buildRoot().resolve("target/bin"));
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

    private static void install(Path bin, Path program, List<String> reasons) throws IOException, InterruptedException {
        Optional<Path> go = onPath("go").or(() -> executable(Path.of("/usr/local/go/bin/go")));
        if (go.isEmpty()) {
            reasons.add("there is no Go");
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

    /** The directory above this one that holds {@code .mvn}: one for all modules, whichever is being built. */
    private static Path buildRoot() throws IOException {
        Path start = Path.of("").toAbsolutePath();
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve(".mvn"))) {
                return directory;
            }
        }
        return start;
    }

    private static Optional<Path> onPath(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + File.pathSeparator + "/usr/sbin";
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> executable(Path.of(directory, program)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Path> executable(Path program) {
        return Optional.of(program).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    }
}
