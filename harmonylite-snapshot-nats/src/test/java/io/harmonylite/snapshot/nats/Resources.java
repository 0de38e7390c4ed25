package io.harmonylite.snapshot.nats;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process uses, as far as it can be lost by and by.
 *
 * @param threads names of all threads
 * @param descriptors what is open: files and sockets, where the system tells
 * @param directBytes memory outside the heap that buffers hold
 */
record Resources(List<String> threads, List<String> descriptors, long directBytes) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** A client's threads and sockets come and go with its servers. */
    private static final int FEW = 5;

    private static final long SLACK = 8L << 20;

    static Resources now() throws IOException {
        System.gc(); // Buffers are given back by the collector.
        return new Resources(
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .sorted()
                        .toList(),
                open(),
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum());
    }

    /** Without the class path, which is opened bit by bit. */
    private static List<String> open() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return List.of();
        }
        try (Stream<Path> links = Files.list(DESCRIPTORS)) {
            return links.map(Resources::target)
                    .filter(target -> !target.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "closed meanwhile"; // As the one by which all are listed.
        }
    }

    /** What this has that a process that had lost nothing would not have, in words; empty where there is nothing. */
    List<String> lostSince(Resources before) {
        List<String> lost = new ArrayList<>();
        threads.stream()
                .filter(Resources::isOurs)
                .map(name -> "a thread: " + name)
                .forEach(lost::add);
        if (threads.size() > before.threads.size() + FEW) {
            lost.add("threads: " + more(threads, before.threads));
        }
        if (descriptors.size() > before.descriptors.size() + FEW) {
            lost.add("descriptors: " + more(descriptors, before.descriptors));
        }
        if (directBytes > before.directBytes + SLACK) {
            lost.add("direct memory: " + before.directBytes + " bytes have become " + directBytes);
        }
        return lost;
    }

    private static boolean isOurs(String thread) {
        return thread.startsWith("harmonylite") || thread.startsWith("snapshot");
    }

    private static List<String> more(List<String> now, List<String> before) {
        List<String> more = new ArrayList<>(now);
        before.forEach(more::remove);
        return more;
    }

    @Override
    public String toString() {
        return threads.size() + " threads, " + descriptors.size() + " descriptors, " + directBytes + " direct bytes";
    }
}
