package io.harmonylite.snapshot.nats;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process uses, as far as it can be lost by and by.
 *
 * @param threads threads of this library's
 * @param descriptors open files and sockets, where the system tells
 * @param directBytes memory outside the heap that buffers hold
 */
record Resources(long threads, long descriptors, long directBytes) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final long FEW = 10;
    private static final long SLACK = 32L << 20;

    static Resources now() throws IOException {
        System.gc(); // Buffers are given back by the collector.
        return new Resources(
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("harmonylite"))
                        .count(),
                descriptorCount(),
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum());
    }

    private static long descriptorCount() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    /** A client's sockets come and go, so a few descriptors more are none that were lost; threads have all ended. */
    boolean isNoMoreThan(Resources before) {
        return threads == 0 && descriptors <= before.descriptors + FEW && directBytes <= before.directBytes + SLACK;
    }
}
