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
 * A connection pool serves reads while its database goes back to a snapshot. Writers share a lock that the restore takes
 * for itself; readers know nothing of it.
 */
public final class OnlineRestore {

    private static final int READERS = 4;
    private static final int ORDERS = 20_000;

    private final Path directory;
    private final PrintStream out;
    private final ReadWriteLock writers = new ReentrantReadWriteLock();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong reads = new AtomicLong();

    /** In a directory that is empty. */
    OnlineRestore(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /**
     * Runs it in a temporary directory, which is removed then. Ends with status 1 where a read failed or saw a mixture.
     *
     * @param args not used
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

    /** Whether every read succeeded, and saw all of the old state or all of the new one. */
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
            say("Writers go on: %s", states(pool));
            say(right ? "No read failed, and none saw a mixture." : "A read saw what it should NOT have seen.");
            return right;
        } finally {
            stopped.set(true);
            threads.shutdownNow();
        }
    }

    /** The pool stays open all the time. */
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
                "INSERT INTO orders (state, what) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + ORDERS + ") SELECT 'open', randomblob(500) FROM n");
    }

    /** Every write of the host goes through here: many may write, and none while the database is restored. */
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
            Thread.onSpinWait(); // until the readers are at work
        }
        long before = reads.get();
        RestoreReport report = snapshots.restore(RestoreRequest.latest().online(WriteBarrier.of(writers.writeLock())));
        long meanwhile = reads.get() - before;
        say(
                "Restored %s in %d ms; %,d reads were served meanwhile",
                report.method().name().toLowerCase(Locale.ROOT),
                report.elapsed().toMillis(),
                meanwhile);
    }

    /** Whether all that was read was of one state. */
    private boolean readUntilStopped(HikariDataSource pool) throws SQLException {
        boolean right = true;
        while (!stopped.get()) {
            String states = states(pool);
            right &= states.equals("lost " + ORDERS) || states.equals("open " + ORDERS);
            reads.incrementAndGet();
        }
        return right;
    }

    /** How many orders there are in each state, as one query sees it. */
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
