package io.harmonylite.snapshot.examples.follow;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.AppliedChange;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.nats.HarmonyLiteShards;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsHarmonyLiteSnapshot;
import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Replicates a HarmonyLite cluster to a database of its own, until it has applied every message of the streams. A
 * missing database starts from the cluster's snapshot. An existing one continues from its positions. If the streams have
 * dropped messages that it needs, it restores a snapshot of this reader, or joins again by the cluster's snapshot.
 *
 * <p>It publishes nothing, and changes nothing of HarmonyLite. Arguments: URL of the NATS server, the cluster's stream
 * prefix, its number of shards, and the database.
 */
public final class HarmonyLiteReader implements AutoCloseable {

    private final io.nats.client.Connection nats;
    private final HarmonyLiteShards shards;
    private final Path file;
    private final PrintStream out;
    private final SQLiteDataSource database;
    private final HarmonyLiteApplier applier = HarmonyLiteApplier.create();
    private final TableSequenceMap positions = TableSequenceMap.create();
    private final AtomicLong applied = new AtomicLong();
    private final NatsStreams streams;
    private final NatsSnapshotStore store;
    private final SnapshotManager snapshots;

    private HarmonyLiteReader(
            io.nats.client.Connection nats, HarmonyLiteShards shards, String ownBucket, Path file, PrintStream out)
            throws Exception {
        this.nats = nats;
        this.shards = shards;
        this.file = file;
        this.out = out;
        this.database = dataSource(file);
        this.streams = NatsStreams.of(nats, shards.streams());
        this.store = NatsSnapshotStore.create(nats, ownBucket);
        this.snapshots = SnapshotManager.builder("reader", file, store)
                .sequenceMap(positions)
                .streams(streams)
                .build();
    }

    /** Runs the reader. */
    public static void main(String[] arguments) throws Exception {
        run(arguments[0], arguments[1], Integer.parseInt(arguments[2]), Path.of(arguments[3]), System.out);
    }

    /** Runs until every message of the streams is applied. Prints each step to {@code out}. */
    static void run(String server, String prefix, int shards, Path database, PrintStream out) throws Exception {
        Options options = Options.builder()
                .server(server)
                .errorListener(new ErrorListener() {})
                .build();
        HarmonyLiteShards cluster = HarmonyLiteShards.of(shards).withPrefix(prefix);
        try (io.nats.client.Connection nats = Nats.connect(options);
                HarmonyLiteReader reader = new HarmonyLiteReader(nats, cluster, prefix + "-reader", database, out)) {
            reader.follow(reader.start());
        }
    }

    private static SQLiteDataSource dataSource(Path file) {
        SQLiteConfig configuration = new SQLiteConfig();
        configuration.setJournalMode(SQLiteConfig.JournalMode.WAL);
        configuration.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(configuration);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    /** Recovers, before the database is opened. Returns messages that the streams may drop before they are followed. */
    private Optional<MessageSpool> start() {
        NatsHarmonyLiteSnapshot snapshot = NatsHarmonyLiteSnapshot.of(nats, shards.snapshotBucket());
        RecoveryReport report = snapshots.recover(RecoveryOptions.defaults().harmonyLiteSnapshot(snapshot));
        say("%s", report.plan().reason());
        if (!Files.exists(file)) { // The streams still hold every message, but only a snapshot has the tables.
            restoreClusterSnapshot();
            say("%s", snapshots.recover().plan().reason());
        }
        return report.spool();
    }

    /** HarmonyLite's snapshot does not record its messages, so all messages of the streams are applied on top of it. */
    private void restoreClusterSnapshot() {
        HarmonyLiteRestoreReport report = snapshots.restore(
                HarmonyLiteRestoreRequest.of(NatsHarmonyLiteSnapshot.of(nats, shards.snapshotBucket()))
                        .acceptUnknownPositions());
        say("restored %s, tag %s", report.snapshot().location(), report.tag());
        report.unproven().forEach((stream, range) -> say("%s: %s may be missing from it", stream, range));
    }

    private void follow(Optional<MessageSpool> spool) throws Exception {
        NatsFeed.Builder builder = NatsFeed.builder(streams, positions, database)
                .mergeByTime() // UNIQUE values may move between rows of different shards.
                .handler(this::apply);
        spool.ifPresent(builder::spool);
        try (NatsFeed feed = builder.start()) { // This example polls the feed.
            while (feed.lag().values().stream().anyMatch(lag -> lag > 0)) {
                if (feed.end().isPresent()) {
                    throw new IllegalStateException(
                            "the feed stopped: " + feed.end().get());
                }
                Thread.sleep(5);
            }
        }
        say("applied %d messages", applied.get());
    }

    /** Commits row and position in one transaction. */
    private void apply(StreamMessage message) throws SQLException {
        try (Connection connection = database.getConnection()) {
            AppliedChange change = applier.apply(connection, message);
            if (change.result() == AppliedChange.Result.APPLIED) {
                applied.incrementAndGet();
            }
        }
    }

    private void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }

    @Override
    public void close() {
        snapshots.close();
        store.close();
    }
}
