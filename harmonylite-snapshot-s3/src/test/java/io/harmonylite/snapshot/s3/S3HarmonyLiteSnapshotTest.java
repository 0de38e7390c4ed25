package io.harmonylite.snapshot.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource.Opened;
import io.harmonylite.snapshot.harmonylite.PreviousSnapshot;
import io.harmonylite.snapshot.harmonylite.TagCheck;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class S3HarmonyLiteSnapshotTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    @TempDir
    Path directory;

    private final String path = S3Server.newPrefix();
    private final S3HarmonyLiteSnapshot place =
            S3HarmonyLiteSnapshot.of(SERVER.defaultClient(), S3Server.BUCKET, "/" + path + "/");
    private Path database;
    private SnapshotStore store;

    @BeforeEach
    void create() throws Exception {
        database = directory.resolve("node.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)");
            statement.execute("INSERT INTO note VALUES (1, 'one')");
            statement.execute("CREATE TABLE __harmonylite___change_log_global (id INTEGER PRIMARY KEY)");
        }
        store = FileSystemSnapshotStore.create(directory.resolve("store"));
    }

    private SnapshotManager manager(Path file) {
        return SnapshotManager.builder("node", file, store).build();
    }

    private HarmonyLiteExportReport export() {
        return SnapshotRepository.of("node", store).export(HarmonyLiteExportRequest.latest(), place);
    }

    /** Stores content under HarmonyLite's key and without metadata, as HarmonyLite does. */
    private void putAsHarmonyLite(byte[] content) {
        SERVER.defaultClient()
                .putObject(
                        request -> request.bucket(S3Server.BUCKET).key(path + "/snapshot.db"),
                        RequestBody.fromBytes(content));
    }

    @Test
    void exportAndRestore_bucket_usesHarmonyLiteKey() throws Exception {
        assertThat(place.find()).isEmpty();
        try (SnapshotManager manager = manager(database)) {
            manager.take();
        }
        HarmonyLiteExportReport first = export();
        assertThat(first.previous()).isEqualTo(PreviousSnapshot.NONE);
        assertThat(first.location()).isEqualTo("s3://" + S3Server.BUCKET + "/" + path + "/snapshot.db");
        assertThat(export().previous()).isEqualTo(PreviousSnapshot.KEPT_UNTIL_COMPLETE);
        byte[] stored = SERVER.defaultClient()
                .getObjectAsBytes(request -> request.bucket(S3Server.BUCKET).key(path + "/snapshot.db"))
                .asByteArray();
        Path restored = directory.resolve("restored.db");
        try (SnapshotManager manager = manager(restored)) {
            HarmonyLiteRestoreReport report =
                    manager.restore(HarmonyLiteRestoreRequest.of(place).acceptUnknownPositions());
            assertThat(report.tagCheck()).isEqualTo(TagCheck.NOT_KEPT);
            assertThat(report.tag()).isEqualTo(first.tag());
            assertThat(report.leftOut()).as("no table of the node was exported").isEmpty();
        }
        Path exported = Files.write(directory.resolve("exported.db"), stored);
        assertThat(contents(restored)).isEqualTo(contents(exported)).isNotEmpty();
    }

    /** Returns schema and rows, without the table that says where a restored database comes from. */
    private static List<String> contents(Path file) throws Exception {
        List<String> found = new ArrayList<>();
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (java.sql.ResultSet row =
                    statement.executeQuery("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name"
                            + " NOT GLOB '__harmonylite__*' AND name NOT GLOB 'sqlite_*' ORDER BY name")) {
                while (row.next()) {
                    found.add(row.getString(2) + " " + row.getString(3));
                    if (row.getString(1).equals("table")) {
                        tables.add(row.getString(2));
                    }
                }
            }
            for (String table : tables) {
                try (java.sql.ResultSet row =
                        statement.executeQuery("SELECT rowid, * FROM \"" + table + "\" ORDER BY 1")) {
                    while (row.next()) {
                        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                            found.add(table + " " + row.getString(column));
                        }
                    }
                }
            }
        }
        return found;
    }

    @Test
    void open_replacedDuringRead_isReadCompletely() throws Exception {
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 7;
        putAsHarmonyLite(large);
        try (Opened opened = place.open()) {
            assertThat(opened.snapshot().sizeBytes()).isEqualTo(large.length);
            assertThat(opened.snapshot().tag()).isEmpty();
            assertThat(opened.snapshot().storedAt()).isPresent();
            assertThat(place.put(ObjectSource.of(new byte[] {1}), "")).isEqualTo(PreviousSnapshot.KEPT_UNTIL_COMPLETE);
            assertThat(opened.content().readAllBytes()).isEqualTo(large);
        }
        assertThat(place.find().orElseThrow().sizeBytes()).isEqualTo(1);
    }

    @Test
    void restore_snapshotOrBucketMissing_keepsDatabase() throws Exception {
        assertThatThrownBy(place::open).isInstanceOf(NoSuchObjectException.class);
        S3HarmonyLiteSnapshot nowhere = S3HarmonyLiteSnapshot.of(SERVER.defaultClient(), "no-such-bucket", path);
        assertThatThrownBy(nowhere::open).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(nowhere::find).isInstanceOf(ContainerMissingException.class);
        byte[] before = Files.readAllBytes(database);
        try (SnapshotManager manager = manager(database)) {
            assertThatThrownBy(() ->
                            manager.restore(HarmonyLiteRestoreRequest.of(place).acceptUnknownPositions()))
                    .isInstanceOf(SnapshotNotFoundException.class);
            assertThatThrownBy(() -> manager.restore(
                            HarmonyLiteRestoreRequest.of(nowhere).acceptUnknownPositions()))
                    .isInstanceOf(SnapshotConfigurationException.class);
        }
        assertThat(database).hasBinaryContent(before);
    }

    /** The object under HarmonyLite's key is not a database (fault D10). */
    @Test
    void d10_notADatabase_keepsLiveDatabase() throws Exception {
        putAsHarmonyLite("not a database".getBytes(StandardCharsets.US_ASCII));
        byte[] before = Files.readAllBytes(database);
        try (SnapshotManager manager = manager(database)) {
            assertThatThrownBy(() ->
                            manager.restore(HarmonyLiteRestoreRequest.of(place).acceptUnknownPositions()))
                    .isInstanceOf(CorruptSnapshotException.class);
        }
        assertThat(database).hasBinaryContent(before);
    }

    @Test
    void put_largerThanOneRequest_isRejectedAndChangesNothing() throws Exception {
        putAsHarmonyLite(new byte[] {1});
        ObjectSource huge = new ObjectSource() {
            @Override
            public long length() {
                return (5L << 30) + 1;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(new byte[0]);
            }
        };
        assertThatThrownBy(() -> place.put(huge, "")).isInstanceOf(StoreAccessException.class);
        assertThat(place.find().orElseThrow().sizeBytes()).isEqualTo(1);
    }
}
