package io.harmonylite.snapshot.benchmarks.harness;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The child process: runs one operation once and prints its figures, one {@code name=value} a line. The same operation
 * runs on a tiny database first, so that loading classes and SQLite is not what is measured.
 */
final class MeasuredRun {

    static final String PREFIX = "figure ";

    private MeasuredRun() {}

    /** Takes the name of the operation, the workspace of the tiny database, and that of the measured one. */
    public static void main(String[] args) throws Exception {
        Operation operation = Operations.named(args[0]);
        if (operation.group() != Operation.Group.WRITER) {
            measure(operation, new Workspace(Path.of(args[1])));
        }
        measure(operation, new Workspace(Path.of(args[2])))
                .forEach((name, value) -> System.out.println(PREFIX + name + "=" + value));
    }

    private static Map<String, Double> measure(Operation operation, Workspace workspace) throws Exception {
        workspace.clear();
        operation.prepare(workspace);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        try (ScratchWatch scratch = ScratchWatch.start(workspace.scratch())) {
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            Map<String, Double> figures = new TreeMap<>(operation.run(workspace));
            figures.put("seconds", (System.nanoTime() - start) / 1e9);
            figures.put("cpuSeconds", (system.getProcessCpuTime() - cpu) / 1e9);
            figures.put("peakRssBytes", peakRss());
            figures.put("scratchBytes", (double) scratch.peak());
            figures.putIfAbsent("storedBytes", (double) Workspace.bytesBelow(workspace.store()));
            figures.putIfAbsent("objects", (double) objects(workspace));
            return figures;
        }
    }

    private static long objects(Workspace workspace) throws IOException {
        return Workspace.filesBelow(workspace.store()).stream()
                .filter(Files::isRegularFile)
                .count();
    }

    /** The operating system's figure for the most memory this process ever had; 0 where it tells none. */
    private static double peakRss() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
