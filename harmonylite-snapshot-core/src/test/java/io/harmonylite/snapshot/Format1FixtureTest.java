package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.luben.zstd.util.ZstdVersion;
import io.harmonylite.snapshot.internal.format.AheadRange;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.format.SequenceMapCodec;
import io.harmonylite.snapshot.internal.format.SequenceMapData;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.SequenceMapFile;
import io.harmonylite.snapshot.internal.format.SequenceMapFile.Kind;
import io.harmonylite.snapshot.internal.format.StreamProgress;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that this version reads a stored fixture of format 1, which is never rewritten. The README in its directory
 * says how it was made, and how to make a fixture of a later format.
 */
class Format1FixtureTest {

    private static final Path FIXTURE = Path.of("src/test/resources/io/harmonylite/snapshot/format-1");
    private static final SnapshotId ID = SnapshotId.parse("20261125T080000123Z-fixture-0123456789abcdef");
    private static final Instant CREATED = Instant.parse("2026-11-25T08:00:00.123Z");
    private static final Positions POSITIONS = Positions.of(
                    "harmonylite-changes-c-1",
                    new StreamPosition(
                            1234,
                            Instant.parse("2026-11-25T07:59:59.123456789Z"),
                            Instant.parse("2026-01-01T00:00:00Z")))
            .with("harmonylite-changes-c-2", new StreamPosition(0, null, Instant.parse("2026-01-01T00:00:01Z")))
            .with("harmonylite-changes-c-3", StreamPosition.at(Long.MAX_VALUE));

    @TempDir
    Path directory;

    private static SnapshotRepository repository(Path store) throws IOException {
        return SnapshotRepository.of("orders", FileSystemSnapshotStore.open(store));
    }

    private static Properties origin() throws IOException {
        Properties origin = new Properties();
        try (InputStream in = Files.newInputStream(FIXTURE.resolve("origin.properties"))) {
            origin.load(in);
        }
        return origin;
    }

    /** Returns the content of a restored database as lines. */
    private static List<String> dump(Path database) throws SQLException {
        return TestDatabase.dump(database).entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(row -> entry.getKey() + ": " + row))
                .collect(Collectors.toList());
    }

    @Test
    void list_storedFixture_returnsTheSnapshot() throws Exception {
        SnapshotListing listing = repository(FIXTURE.resolve("store")).list();
        assertThat(listing.unreadable()).isEmpty();
        assertThat(listing.snapshots()).hasSize(1);
        SnapshotInfo info = listing.snapshots().get(0);
        assertThat(info.id()).isEqualTo(ID);
        assertThat(info.name()).isEqualTo("orders");
        assertThat(info.created()).isEqualTo(CREATED);
        assertThat(info.generation()).isEqualTo(1);
        assertThat(info.positions()).isEqualTo(POSITIONS);
        assertThat(info.image().pageSize()).isEqualTo(65_536);
        assertThat(info.image().pageCount()).isEqualTo(Long.parseLong(origin().getProperty("pageCount")));
        assertThat(info.image().userVersion()).isEqualTo(42);
        assertThat(info.image().applicationId()).isEqualTo(-7);
        assertThat(info.image().encoding()).isEqualTo("UTF-16le");
        assertThat(info.image().journalMode()).isEqualTo("wal");
        assertThat(info.image().imageDigest()).isEqualTo(origin().getProperty("imageDigest"));
        assertThat(info.image().schemaDigest()).isEqualTo(origin().getProperty("schemaDigest"));
    }

    @Test
    void verify_storedFixture_isSoundAtEveryDepth() throws Exception {
        for (VerifyDepth depth : VerifyDepth.values()) {
            VerifyReport report = SnapshotRepository.builder(
                            "orders", FileSystemSnapshotStore.open(FIXTURE.resolve("store")))
                    .scratchDirectory(directory)
                    .build()
                    .verify(ID, depth);
            assertThat(report.problem()).as("%s", depth).isEmpty();
        }
    }

    @Test
    void restore_storedFixture_equalsTheStoredDump() throws Exception {
        Path database = directory.resolve("restored.db");
        repository(FIXTURE.resolve("store")).restore(RestoreRequest.latest(), database);
        assertThat(dump(database)).isEqualTo(Files.readAllLines(FIXTURE.resolve("dump.txt")));
    }

    @Test
    void take_sameDatabaseAndLibraries_writesTheSamePacks() throws Exception {
        assumeThat(origin().getProperty("zstd")).isEqualTo(ZstdVersion.VERSION);
        assumeThat(origin().getProperty("sqlite")).isEqualTo(sqliteVersion());
        write(directory);
        List<Path> stored = packs(FIXTURE);
        assertThat(stored).hasSizeGreaterThan(1);
        for (Path pack : stored) {
            assertThat(directory.resolve("store/orders/packs").resolve(pack.getFileName()))
                    .hasSameBinaryContentAs(pack);
        }
    }

    private static List<Path> packs(Path fixture) throws IOException {
        try (Stream<Path> packs = Files.list(fixture.resolve("store/orders/packs"))) {
            return packs.sorted().toList();
        }
    }

    @Test
    void decode_storedSequenceMap_isWhatWasWritten() throws Exception {
        for (String name : List.of("orders.seq-map", "orders.padded.seq-map")) {
            byte[] stored = Files.readAllBytes(FIXTURE.resolve(name));
            assertThat(SequenceMapCodec.decode(stored)).isEqualTo(new SequenceMapFile(Kind.OURS, sequenceMap(), 0));
        }
        assertThat(SequenceMapCodec.encode(sequenceMap()))
                .isEqualTo(Files.readAllBytes(FIXTURE.resolve("orders.padded.seq-map")));
    }

    private static SequenceMapData sequenceMap() {
        AheadRange ahead = new AheadRange(44, 45, CREATED);
        StreamProgress progress = new StreamProgress(42, CREATED, CREATED.minusSeconds(9), List.of(ahead));
        return new SequenceMapData(
                Map.of("changes-1", progress, "changes-2", StreamProgress.at(StreamPosition.at(0))),
                "00112233445566aa",
                new Binding("8899aabbccddeeff", 3),
                History.OWN);
    }

    private String sqliteVersion() throws SQLException {
        return TestDatabase.value(directory.resolve("any.db"), "SELECT sqlite_version()")
                .replace("'", "");
    }

    /** Writes a fixture to the directory that the README names. This is not a test, and is run by hand only. */
    @Test
    @EnabledIfSystemProperty(named = "fixture.write", matches = ".+")
    void write_newFixture() throws Exception {
        Path target = Files.createDirectories(Path.of(System.getProperty("fixture.write")));
        SnapshotInfo taken = write(target);
        Files.write(
                target.resolve("origin.properties"),
                List.of(
                        "library=" + taken.libraryVersion(),
                        "zstd=" + ZstdVersion.VERSION,
                        "sqlite=" + sqliteVersion(),
                        "pageCount=" + taken.image().pageCount(),
                        "imageDigest=" + taken.image().imageDigest(),
                        "schemaDigest=" + taken.image().schemaDigest()));
        Files.write(target.resolve("orders.padded.seq-map"), SequenceMapCodec.encode(sequenceMap()));
        Files.write(target.resolve("dump.txt"), dump(directory.resolve("orders.db")));
    }

    private SnapshotInfo write(Path target) throws Exception {
        Path database = createDatabase();
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(target.resolve("store"))) {
            return SnapshotManager.builder("orders", database, store)
                    .node("fixture")
                    .compaction(Compaction.NEVER) // Keeps free pages: a freelist, and a second leaf.
                    .clock(InstantSource.fixed(CREATED))
                    .random(() -> 0x0123_4567_89ab_cdefL)
                    .build()
                    .take(POSITIONS);
        }
    }

    /** Creates a database whose image has two leaves, most of it empty, without random content. */
    private Path createDatabase() throws SQLException {
        Path database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA page_size = 65536",
                "PRAGMA encoding = 'UTF-16le'",
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, born REAL)",
                "CREATE TABLE note (text, at)",
                "CREATE TABLE pair (a TEXT, b INT, v ANY, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID",
                "CREATE TABLE large (x)",
                "CREATE INDEX person_by_born ON person (born DESC) WHERE born IS NOT NULL",
                "CREATE VIEW elders AS SELECT name FROM person WHERE born < 1950",
                "CREATE TRIGGER person_noted AFTER INSERT ON person BEGIN INSERT INTO note VALUES (NEW.name, NEW.id); END",
                TestDatabase.fill("person", "name, born", "'Zoë ' || i, 1900.5 + i", 60),
                TestDatabase.fill("pair", "a, b, v", "'k' || i, i * 7919 % 1000, x'00ff'", 20),
                "DELETE FROM note WHERE rowid % 5 = 2",
                "INSERT INTO note (rowid, text, at) VALUES (-5, NULL, 1.5), (9223372036854775807, '', x'')",
                "INSERT INTO large VALUES (zeroblob(17000000)), (x'cafe')",
                "UPDATE large SET x = 'gone' WHERE length(x) = 17000000",
                "PRAGMA user_version = 42",
                "PRAGMA application_id = -7");
        return database;
    }
}
