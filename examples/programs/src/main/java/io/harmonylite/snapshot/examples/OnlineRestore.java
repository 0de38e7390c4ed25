package io.harmonylite.snapshot.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * Restores a snapshot while a connection pool serves reads. Writers share a lock that the restore holds exclusively;
 * readers need no lock.
 */
public final class OnlineRestore {

    private static final int READERS = 4;
    private static final int ORDERS = 20_000;

    private final Path directory;
    private final PrintStream out;
    private final ReadWriteLock writers = new ReentrantReadWriteLock();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong reads = new AtomicLong();

    /** Creates the example in an empty directory. */
    OnlineRestore(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * Runs in a temporary directory, and deletes it. Exits with status 1 if a read failed or saw a mix of both states.
     *
     * @param args unused
     */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("harmonylite-online-");
        boolean right;
        try {
            right = new OnlineRestore(directory, System.out).run();
        } finally {
            remove(directory);
        }
        if (!right) {
            System.exit(1);
        }
    }

    /** Returns whether every read succeeded and saw either the old state or the new one. */
    boolean run() throws Exception {
        Path database = directory.resolve("orders.db");
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try (HikariDataSource pool = pool(database);
                SnapshotStore store = FileSystemSnapshotStore.create(directory.resolve("backup"));
                SnapshotManager snapshots =
                        SnapshotManager.builder("orders", database, store).build()) {
            fill(pool);
            snapshots.take();
            say("Took a snapshot of %,d orders, all open", ORDERS);
            write(pool, "UPDATE orders SET state = 'lost'");
            say("Then a mistake: UPDATE orders SET state = 'lost'");
            List<Future<Boolean>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(() -> readUntilStopped(pool)));
            }
            restore(snapshots);
            stopped.set(true);
            boolean right = allRight(readers) && states(pool).equals("open " + ORDERS);
            write(pool, "INSERT INTO orders (state) VALUES ('new')");
            say("Writers continue: %s", states(pool));
            say(right ? "No read failed, and none saw a mix of both states." : "A read saw a MIX of both states.");
            return right;
        } finally {
            stopped.set(true);
            threads.shutdownNow();
        }
    }

    /** Opens the pool, which stays open during the restore. */
    private static HikariDataSource pool(Path database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + database + "?journal_mode=WAL&busy_timeout=30000");
        config.setMaximumPoolSize(READERS + 1);
        return new HikariDataSource(config);
    }

    private void fill(HikariDataSource pool) throws SQLException {
        write(pool, "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT, what BLOB)");
        write(
                pool,
                "INSERT INTO orders (state, what) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                        + " i < "
                        + ORDERS + ") SELECT 'open', randomblob(500) FROM n");
    }

    /** Writes with the shared lock. Writers do not block each other, and wait while the database is restored. */
    private void write(HikariDataSource pool, String sql) throws SQLException {
        writers.readLock().lock();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } finally {
            writers.readLock().unlock();
        }
    }

    private void restore(SnapshotManager snapshots) {
        while (reads.get() < READERS) {
            Thread.onSpinWait(); // Waits until the readers run.
        }
        long before = reads.get();
        RestoreReport report = snapshots.restore(RestoreRequest.latest().online(WriteBarrier.of(writers.writeLock())));
        long during = reads.get() - before;
        say(
                "Restored %s in %d ms; %,d reads were served during the restore",
                report.method().name().toLowerCase(Locale.ROOT),
                report.elapsed().toMillis(),
                during);
    }

    /** Returns whether every read saw a single state. */
    private boolean readUntilStopped(HikariDataSource pool) throws SQLException {
        boolean right = true;
        while (!stopped.get()) {
            String states = states(pool);
            right &= states.equals("lost " + ORDERS) || states.equals("open " + ORDERS);
            reads.incrementAndGet();
        }
        return right;
    }

    /** Returns the number of orders in each state, by one query. */
    private static String states(HikariDataSource pool) throws SQLException {
        String sql = "SELECT group_concat(state || ' ' || orders, ', ' ORDER BY state)"
                + " FROM (SELECT state, count(*) AS orders FROM orders GROUP BY state)";
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.getString(1);
        }
    }

    private static boolean allRight(List<Future<Boolean>> readers) throws ExecutionException, InterruptedException {
        boolean right = true;
        for (Future<Boolean> reader : readers) {
            right &= reader.get();
        }
        return right;
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
