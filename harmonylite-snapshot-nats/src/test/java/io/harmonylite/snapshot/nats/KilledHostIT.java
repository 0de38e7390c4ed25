package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts on a real server are killed at random moments, for {@code -Dkill.minutes} minutes. They apply, publish, take,
 * restore online under their feed, and recover; sometimes a host stays dead until the stream no longer has what it
 * misses, or loses its files. After each kill a model says what the database must hold: the ledger of all messages that
 * the stream ever had, and the rows that a host was told are written.
 *
 * <p>Hosts with a file map and hosts with a table map have a store each: the former repeat messages after a kill, the
 * latter must not, so they cannot use an image that has more rows than its positions say.
 */
@Tag("slow")
class KilledHostIT {

    private static final String STREAM = "killed";
    private static final int KEPT = 300;
    /** How far a snapshot may be behind the stream before publishing waits for a newer one. */
    private static final int BEHIND = 150;

    private static final int HOSTS = 4;

    @TempDir
    Path directory;

    private final long seed = printedSeed();
    private final Map<String, AtomicInteger> done = new ConcurrentSkipListMap<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<String> ledger = Collections.synchronizedList(new ArrayList<>());
    private final Map<Kind, SnapshotRepository> repositories = new EnumMap<>(Kind.class);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService killer = Executors.newScheduledThreadPool(2);
    private final List<Host> hosts = new ArrayList<>();
    private final Semaphore away = new Semaphore(1);
    private final AtomicInteger numbers = new AtomicInteger();
    private NatsServer server;
    private Connection connection;
    private volatile long end = System.nanoTime() + Duration.ofDays(1).toNanos();
    private volatile boolean closed;

    private static long printedSeed() {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println("KilledHostIT: -Dsnapshot.seed=" + seed);
        return seed;
    }

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.start(directory.resolve("server"));
        connection = server.connect();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(STREAM)
                        .subjects(STREAM)
                        .maxMessages(KEPT)
                        .duplicateWindow(Duration.ofHours(1))
                        .build());
        for (Kind kind : Kind.values()) {
            repositories.put(kind, SnapshotRepository.of("orders", FileSystemSnapshotStore.create(store(kind))));
        }
        for (int i = 0; i < HOSTS; i++) {
            hosts.add(new Host("host_" + i, i % 2 == 0 ? Kind.FILE : Kind.TABLE, new Random(seed + i)));
        }
    }

    @AfterEach
    void close() throws Exception {
        end = System.nanoTime();
        closed = true;
        hosts.forEach(Host::kill);
        killer.shutdownNow();
        executor.shutdown();
        executor.awaitTermination(1, TimeUnit.MINUTES);
        connection.close();
        server.close();
    }

    private Path store(Kind kind) {
        return directory.resolve("store-" + kind);
    }

    private void count(String what) {
        done.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    private void violation(Host host, String what) {
        violations.add(host.name + " (" + host.kind + "): " + what);
        System.err.println("KilledHostIT: VIOLATION " + violations.get(violations.size() - 1));
    }

    @Test
    void hosts_killedAtAnyMoment_holdEveryMessageOnce() throws Exception {
        JetStreamSubscription all = connection
                .jetStream()
                .subscribe(STREAM, PushSubscribeOptions.builder().ordered(true).build());
        Future<Void> recording = executor.submit(() -> record(all));
        end = System.nanoTime()
                + Duration.ofMinutes(Long.getLong("kill.minutes", 1)).toNanos();
        List<Future<Void>> works = new ArrayList<>();
        works.add(executor.submit(this::publishWhileCovered));
        for (Host host : hosts) {
            works.add(executor.submit(host::liveAndDie));
        }
        try {
            for (Future<Void> work : works) {
                work.get();
            }
            for (Host host : hosts) {
                host.publishAll();
            }
            for (Host host : hosts) {
                host.assertEqualToModel();
            }
        } finally {
            System.err.println("KilledHostIT: seed " + seed + ", " + ledger.size() + " messages, " + done
                    + ", violations " + violations.size());
        }
        closed = true;
        recording.get();
        assertThat(new HashSet<>(ledger)).hasSameSizeAs(ledger);
        assertThat(violations).isEmpty();
        assertThat(done).containsKeys("recovered RESTORE", "recovered REPLAY", "did restore", "did take");
    }

    private boolean isOver() {
        return System.nanoTime() - end > 0 || !violations.isEmpty();
    }

    /** Records every message of the stream, in order. */
    private Void record(JetStreamSubscription all) throws Exception {
        while (!closed) {
            Message message = all.nextMessage(Duration.ofMillis(100));
            if (message != null) {
                assertThat(message.metaData().streamSequence()).isEqualTo(ledger.size() + 1L);
                ledger.add(new String(message.getData(), UTF_8));
            }
        }
        return null;
    }

    /** Publishes as long as a snapshot of each store covers the stream. */
    private Void publishWhileCovered() throws Exception {
        while (!isOver()) {
            if (hosts.stream().allMatch(host -> behind(host.kind) < BEHIND)) {
                for (int i = 0; i < 10; i++) {
                    publish(text("publisher"));
                }
            }
            Thread.sleep(150);
        }
        return null;
    }

    private void publish(String text) throws Exception {
        PublishOptions once = PublishOptions.builder().messageId(text).build();
        long at = Eventually.get(() -> connection.jetStream().publish(STREAM, text.getBytes(UTF_8), once))
                .getSeqno();
        awaitLedger(at);
        assertThat(ledger.get((int) at - 1)).isEqualTo(text);
    }

    private String text(String name) {
        return String.format(Locale.ROOT, "%s-%07d", name, numbers.incrementAndGet());
    }

    private void awaitLedger(long size) throws Exception {
        Eventually.isTrue(() -> ledger.size() >= size, "ledger of " + ledger.size() + ", expected " + size);
    }

    private long last() throws Exception {
        return Eventually.get(() -> connection
                .jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getLastSequence());
    }

    private static String some(List<String> texts) {
        return texts.size() + " texts: " + texts.subList(0, Math.min(10, texts.size()));
    }

    private long first() throws Exception {
        return Eventually.get(() -> connection
                .jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getFirstSequence());
    }

    private long newestSnapshot(Kind kind) {
        return repositories
                .get(kind)
                .latest()
                .flatMap(snapshot -> snapshot.positions().of(STREAM))
                .map(StreamPosition::sequence)
                .orElse(0L);
    }

    private long behind(Kind kind) {
        return ledger.size() - newestSnapshot(kind);
    }

    /** A host's files, its process, and what is known of it. */
    private final class Host {

        private final String name;
        private final Kind kind;
        private final Random random;
        private final Path files;
        /** Rows that the host has committed, and that it must publish. */
        private final List<String> written = new ArrayList<>();

        private volatile Process process;
        private volatile boolean isKilled;
        private volatile String doing = "start";
        private BufferedReader answers;
        private long firstBefore;

        Host(String name, Kind kind, Random random) {
            this.name = name;
            this.kind = kind;
            this.random = random;
            this.files = directory.resolve(name);
        }

        Void liveAndDie() throws Exception {
            try {
                while (!isOver()) {
                    live();
                    process.waitFor();
                    int chance = random.nextInt(12);
                    if (chance == 0) {
                        stayAway();
                    } else if (chance == 1) {
                        loseFiles();
                    }
                }
            } catch (Exception | Error e) {
                violation(this, "the test failed: " + e);
                throw e;
            } finally {
                kill();
            }
            return null;
        }

        /** One host at a time stays away, because publishing waits for the snapshots of the others. */
        private void stayAway() throws Exception {
            if (!away.tryAcquire()) {
                return;
            }
            count("stayed away");
            int enough = ledger.size() + KEPT;
            while (!isOver() && ledger.size() < enough) {
                Thread.sleep(50);
            }
            away.release();
        }

        /** A host on a new disk: what it had not published is lost. */
        private void loseFiles() throws IOException {
            count("lost its files");
            Files.createDirectories(files); // It may have been killed before it created them.
            try (Stream<Path> all = Files.list(files)) {
                for (Path file : all.toList()) {
                    if (Files.isRegularFile(file)) {
                        Files.delete(file);
                    }
                }
            }
            written.clear();
        }

        /** Lives until it is killed. */
        private void live() throws Exception {
            startProcess();
            ScheduledFuture<?> kill = null;
            try {
                if (random.nextInt(4) == 0) {
                    kill = killIn(random.nextInt(2_500));
                }
                String answer = answer();
                if (kill == null) {
                    kill = killIn(random.nextInt(5_000));
                }
                while (!answer.isEmpty()) {
                    answer = order(next(answer));
                }
            } finally {
                if (kill != null) {
                    kill.cancel(false);
                }
            }
            if (isKilled) {
                count("killed in " + doing.split(" ", 2)[0]);
                count("kills");
            } else {
                violation(
                        this,
                        "ended by itself at " + doing + " with status " + process.waitFor() + ": "
                                + Files.readString(directory.resolve(name + ".err")));
            }
        }

        private ScheduledFuture<?> killIn(int millis) {
            return killer.schedule(this::kill, millis, TimeUnit.MILLISECONDS);
        }

        void kill() {
            if (process != null) {
                isKilled = true;
                process.destroyForcibly();
            }
        }

        /** Judges an answer and returns the next order. */
        private String next(String answer) throws Exception {
            String[] words = answer.split(" ", 3);
            switch (words[0]) {
                case "recovered" -> {
                    count("recovered " + words[1]);
                    assertHolds(Long.parseLong(words[2]), true);
                    return "go";
                }
                case "gap" -> {
                    count("recovered GAP");
                    if (newestSnapshot(kind) >= first() - 1) {
                        violation(this, answer);
                    }
                    Thread.sleep(500);
                    return "recover";
                }
                case "ended" -> {
                    count("feed ended " + words[1]);
                    if (!words[1].equals("Gap")) {
                        violation(this, answer);
                    }
                    firstBefore = first();
                    return "";
                }
                case "caught" -> assertHolds(Long.parseLong(words[1]), false);
                case "failed" -> {
                    count(words[0] + " " + words[1]);
                    if (!Set.of("StreamGapException", "SnapshotInProgressException", "SnapshotNotFoundException")
                            .contains(words[1])) {
                        violation(this, answer);
                    }
                }
                case "did" -> {
                    count("did " + words[1]);
                    if (words[1].equals("note") || words[1].equals("write")) {
                        written.add(words[2]);
                    }
                }
                default -> {}
            }
            return work();
        }

        private String work() throws InterruptedException {
            Thread.sleep(random.nextInt(60));
            int chance = behind(kind) > BEHIND / 2 ? 6 + random.nextInt(2) : random.nextInt(12);
            return switch (chance) {
                case 0, 1, 2, 3 -> (kind == Kind.FILE ? "note " : "write ") + text(name);
                case 4, 5, 6 -> kind == Kind.FILE ? "publish" : "take";
                case 7 -> "take";
                case 8, 9 -> "restore";
                default -> "settle";
            };
        }

        /** Sends an order and returns the answer, or an empty text if the process was killed. */
        private String order(String order) throws IOException {
            if (order.equals("take") && kind == Kind.FILE) {
                String published = order("publish"); // A take waits for pending changes.
                if (!published.startsWith("did")) {
                    return published;
                }
            }
            if (!order.isEmpty()) {
                doing = order;
                try {
                    process.getOutputStream().write((order + "\n").getBytes(UTF_8));
                    process.getOutputStream().flush();
                } catch (IOException e) {
                    return ""; // It was killed; the caller reads that.
                }
            }
            return answer();
        }

        private String answer() {
            try {
                return Optional.ofNullable(answers.readLine()).orElse("");
            } catch (IOException e) {
                return ""; // It was killed.
            }
        }

        private void startProcess() throws Exception {
            firstBefore = first();
            isKilled = false;
            doing = "start";
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx192m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp-" + name)),
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledHost.class.getName(),
                            files.toString(),
                            kind.name(),
                            server.url(),
                            STREAM,
                            store(kind).toString(),
                            random.nextBoolean() ? "online" : "swap")
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.resolve(name + ".err").toFile()))
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        }

        /**
         * Every message up to the position is in the database once; every other row is a later message or waits in the
         * outbox; and nothing that the host has committed is lost.
         */
        private void assertHolds(long position, boolean isRecovered) throws Exception {
            if (isRecovered && position < firstBefore - 1) {
                violation(this, "recovered to " + position + ", the stream began at " + firstBefore);
            }
            Set<String> rows = textsOf("applied");
            Set<String> pending = textsOf("outbox");
            awaitLedger(last());
            List<String> messages = List.copyOf(ledger);
            List<String> missing = messages.subList(0, (int) position).stream()
                    .filter(text -> !rows.contains(text))
                    .toList();
            if (!missing.isEmpty()) {
                violation(this, "at position " + position + " after " + doing + ": missing " + some(missing));
            }
            Set<String> known = new HashSet<>(messages);
            List<String> unknown = rows.stream()
                    .filter(text -> !known.contains(text) && !pending.contains(text))
                    .toList();
            if (!unknown.isEmpty()) {
                violation(this, "at position " + position + " after " + doing + ": never published " + some(unknown));
            }
            List<String> lost = written.stream()
                    .filter(text -> !known.contains(text) && !(pending.contains(text) && rows.contains(text)))
                    .toList();
            if (!lost.isEmpty()) {
                violation(this, "at position " + position + " after " + doing + ": lost its own " + some(lost));
            }
            count("checks");
        }

        private Set<String> textsOf(String table) throws SQLException {
            String named = "SELECT name FROM sqlite_schema WHERE name = '" + table + "'";
            return query(named).isEmpty() // A new host, or a new outbox: images have none.
                    ? Set.of()
                    : new HashSet<>(query("SELECT text FROM " + table));
        }

        private List<String> query(String query) throws SQLException {
            List<String> texts = new ArrayList<>();
            if (Files.exists(files.resolve("orders.db"))) {
                try (java.sql.Connection reader =
                                DriverManager.getConnection("jdbc:sqlite:" + files.resolve("orders.db"));
                        Statement statement = reader.createStatement();
                        ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        texts.add(rows.getString(1));
                    }
                }
            }
            return texts;
        }

        /** Starts once more, and publishes what is pending. */
        void publishAll() throws Exception {
            startProcess();
            assertThat(order(next(answer()))).isEqualTo("fed");
            if (kind == Kind.FILE) {
                assertThat(order("publish")).isEqualTo("did publish");
            }
        }

        void assertEqualToModel() throws Exception {
            String answer = order("settle");
            assertThat(answer).isEqualTo("caught " + last());
            awaitLedger(last());
            assertThat(query("SELECT text FROM applied ORDER BY text"))
                    .as(name)
                    .isEqualTo(List.copyOf(ledger).stream().sorted().toList());
            assertThat(textsOf("outbox")).isEmpty();
            assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
        }
    }
}
