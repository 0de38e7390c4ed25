package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteApplier;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A member of a HarmonyLite cluster on the JVM: recovers, follows the streams, and writes nothing. */
final class HarmonyLiteMember implements AutoCloseable {

    /** Where the member keeps its positions. */
    enum Kind {
        FILE,
        TABLE
    }

    private final Path database;
    private final Path mapFile;
    private final Kind kind;
    private final NatsStreams streams;
    private final SnapshotStore store;
    private final HarmonyLiteApplier applier = HarmonyLiteApplier.create();
    private final SQLiteDataSource source;
    private SequenceMap map;
    private SnapshotManager manager;
    private NatsFeed feed;

    /** Creates a member on a database and, with {@link Kind#FILE}, a sequence map; both may be HarmonyLite's. */
    HarmonyLiteMember(Path database, Path mapFile, Kind kind, NatsStreams streams, SnapshotStore store) {
        this.database = database;
        this.mapFile = mapFile;
        this.kind = kind;
        this.streams = streams;
        this.store = store;
        SQLiteConfig configuration = new SQLiteConfig();
        configuration.setJournalMode(SQLiteConfig.JournalMode.WAL);
        configuration.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        configuration.setBusyTimeout(30_000);
        source = new SQLiteDataSource(configuration);
        source.setUrl("jdbc:sqlite:" + database);
    }

    /** Runs a member until its input ends: database, map, kind, URL, directory of the store, streams. */
    public static void main(String[] args) throws Exception {
        Options options = Options.builder().server(args[3]).maxReconnects(-1).build();
        try (Connection nats = Nats.connect(options);
                SnapshotStore store = FileSystemSnapshotStore.create(Path.of(args[4]));
                HarmonyLiteMember member = new HarmonyLiteMember(
                        Path.of(args[0]),
                        Path.of(args[1]),
                        Kind.valueOf(args[2]),
                        NatsStreams.of(nats, new TreeSet<>(List.of(args[5].split(",")))),
                        store)) {
            member.start(RecoveryOptions.defaults());
            System.out.println("following");
            int read = System.in.read();
            System.out.println(read + " " + new String("ended".getBytes(UTF_8), UTF_8));
        }
    }

    /** Opens the map and the manager. */
    SnapshotManager open(UnaryOperator<SnapshotManager.Builder> settings) {
        map = kind == Kind.FILE ? FileSequenceMap.adopt(mapFile) : TableSequenceMap.create();
        manager = settings.apply(SnapshotManager.builder("cluster", database, store)
                        .sequenceMap(map)
                        .streams(streams)
                        .pendingChanges(HarmonyLiteChanges.create()))
                .build();
        return manager;
    }

    /** Recovers and follows. */
    RecoveryReport start(RecoveryOptions options) {
        open(settings -> settings);
        RecoveryReport report = manager.recover(options);
        follow(report.spool());
        return report;
    }

    /** Follows the streams. */
    void follow(Optional<MessageSpool> spool) {
        NatsFeed.Builder builder = map instanceof FileSequenceMap file
                ? NatsFeed.builder(streams, file)
                : NatsFeed.builder(streams, (TableSequenceMap) map, source);
        spool.ifPresent(builder::spool);
        feed = builder.batchHandler(this::apply).mergeByTime().start();
    }

    private void apply(List<StreamMessage> messages) throws SQLException {
        try (java.sql.Connection connection = source.getConnection()) {
            if (kind == Kind.TABLE) {
                applier.applyAll(connection, messages);
            } else {
                applier.applyAllWithoutCounting(connection, messages);
            }
        }
    }

    SnapshotManager manager() {
        return manager;
    }

    Path database() {
        return database;
    }

    /** Returns whether every message is applied; throws if the feed has ended. */
    boolean isAtEnd() throws IOException {
        feed.end().ifPresent(end -> {
            throw new AssertionError(end.sentence());
        });
        SortedMap<String, Long> lag = feed.lag();
        return lag.values().stream().allMatch(behind -> behind == 0);
    }

    /** Returns the rows in quarantine. */
    int quarantined() throws SQLException {
        try (java.sql.Connection connection = source.getConnection()) {
            return applier.quarantined(connection).size();
        }
    }

    /** Stops following, and closes manager and map. */
    @Override
    public void close() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
        if (manager != null) {
            manager.close();
            map.close();
            manager = null;
        }
    }
}
