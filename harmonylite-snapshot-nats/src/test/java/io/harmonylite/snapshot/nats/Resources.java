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
 * The resources of a process that can leak.
 *
 * @param threads names of all threads
 * @param descriptors open files and sockets, if the system lists them
 * @param directBytes memory of buffers outside the heap
 */
record Resources(List<String> threads, List<String> descriptors, long directBytes) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** The client's threads and sockets vary with its connections. */
    private static final int TOLERATED = 5;

    private static final long SLACK = 8L << 20;

    static Resources now() throws IOException {
        System.gc(); // The collector frees buffers.
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

    /** Leaves out the class path, whose files are opened over time. */
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
            return "closed"; // For example the descriptor of this listing.
        }
    }

    /** Describes the resources that have leaked since; empty if there are none. */
    List<String> leakedSince(Resources before) {
        List<String> leaked = new ArrayList<>();
        threads.stream()
                .filter(Resources::isOurs)
                .map(name -> "a thread: " + name)
                .forEach(leaked::add);
        if (threads.size() > before.threads.size() + TOLERATED) {
            leaked.add("threads: " + more(threads, before.threads));
        }
        if (descriptors.size() > before.descriptors.size() + TOLERATED) {
            leaked.add("descriptors: " + more(descriptors, before.descriptors));
        }
        if (directBytes > before.directBytes + SLACK) {
            leaked.add("direct memory: " + before.directBytes + " bytes grew to " + directBytes);
        }
        return leaked;
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
