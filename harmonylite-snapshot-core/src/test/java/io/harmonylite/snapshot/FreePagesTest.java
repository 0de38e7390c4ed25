package io.harmonylite.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that no stored object contains rows that were deleted, or tables that are left out of the image. */
class FreePagesTest {

    private static final int PAGE = 4096;
    private static final int ZSTD_MAGIC = 0x28b52ffd;

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    /** Returns the decompressed content of every stored object. */
    private Map<String, String> stored() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (ObjectInfo object : store.list("")) {
            try (InputStream in = store.open(object.name())) {
                byte[] bytes = in.readAllBytes();
                boolean isPack = object.name().contains("/packs/");
                contents.put(object.name(), new String(isPack ? decompress(bytes) : bytes, ISO_8859_1));
            }
        }
        return contents;
    }

    /** Returns the content of all frames and page tables of a pack. */
    private static byte[] decompress(byte[] pack) throws IOException {
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        for (int at = 0; at + 4 <= pack.length; at++) {
            if (ByteBuffer.wrap(pack).getInt(at) == ZSTD_MAGIC) {
                int size = (int) Zstd.getFrameContentSize(pack, at, pack.length - at);
                try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(pack, at, pack.length - at))) {
                    contents.writeBytes(in.readNBytes(size));
                }
            }
        }
        assertThat(contents.size()).isGreaterThan(0);
        return contents.toByteArray();
    }

    private void assertInNoObject(String secret) throws IOException {
        Map<String, String> contents = stored();
        assertThat(contents).hasSizeGreaterThan(1);
        contents.forEach((name, content) -> assertThat(content.contains(secret))
                .as("%s contains %s", name, secret)
                .isFalse());
    }

    private SnapshotManager manager(Path database, Compaction compaction) {
        return SnapshotManager.builder("x", database, store)
                .compaction(compaction)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"512,NONE", "4096,NONE", "65536,NONE", "4096,INCREMENTAL"})
    void take_deletedRows_areInNoStoredObject(int pageSize, String autoVacuum) throws Exception {
        Path database = directory.resolve("x.db");
        TestDatabase.run(
                database,
                "PRAGMA page_size = " + pageSize,
                "PRAGMA auto_vacuum = " + autoVacuum,
                "PRAGMA secure_delete = OFF",
                "CREATE TABLE kept (x)",
                "CREATE TABLE gone (x)",
                TestDatabase.fill("kept", "x", "'THEKEPTONE' || hex(randomblob(500))", 500),
                TestDatabase.fill("gone", "x", "'THEDELETEDONE' || hex(randomblob(5000))", 300),
                "DROP TABLE gone");
        assertThat(new String(Files.readAllBytes(database), ISO_8859_1))
                .as("deleted rows in the database file")
                .contains("THEDELETEDONE");
        SnapshotInfo taken = manager(database, Compaction.NEVER).take();
        assertInNoObject("THEDELETEDONE");
        assertThat(String.join("", stored().values())).contains("THEKEPTONE");
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("x", store).restore(RestoreRequest.of(taken.id()), copy);
        assertThat(TestDatabase.dump(copy)).isEqualTo(TestDatabase.dump(database));
        long free = Long.parseLong(TestDatabase.value(database, "PRAGMA freelist_count"));
        assertThat(Long.parseLong(TestDatabase.value(copy, "PRAGMA freelist_count")))
                .as("the table of the origin takes one or two")
                .isBetween(free - 2, free - 1)
                .isPositive();
        assertThat(TestDatabase.value(copy, "PRAGMA integrity_check")).isEqualTo("'ok'");
        assertThat(new String(Files.readAllBytes(copy), ISO_8859_1)).doesNotContain("THEDELETEDONE");
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void take_reservedAndExcludedTables_areInNoStoredObject(Compaction compaction) throws Exception {
        Path database = TestDatabase.create(directory.resolve("x.db"), "PRAGMA secure_delete = OFF");
        TestDatabase.run(
                database,
                "CREATE TABLE __harmonylite__person_change_log (val)",
                "CREATE INDEX __harmonylite__i ON __harmonylite__person_change_log (val)",
                "CREATE TABLE __harmonylite__snapshot_notes (val)",
                "CREATE TABLE session (token)",
                "CREATE VIRTUAL TABLE __harmonylite__words USING fts5 (body)",
                TestDatabase.fill("__harmonylite__person_change_log", "val", "'THELOG' || randomblob(700)", 300),
                TestDatabase.fill("__harmonylite__snapshot_notes", "val", "'THEPOSITION' || i", 10),
                TestDatabase.fill("session", "token", "'THETOKEN' || hex(randomblob(9000))", 30),
                TestDatabase.fill("__harmonylite__words", "body", "'THEWORD and others'", 30));
        SnapshotManager.builder("x", database, store)
                .compaction(compaction)
                .excludeTables("session")
                .build()
                .take();
        for (String secret : new String[] {"THELOG", "THEPOSITION", "THETOKEN", "THEWORD", "theword"}) {
            assertInNoObject(secret);
        }
    }

    @Test
    void take_compactAlways_removesDeletedCellsFromUsedPages() throws Exception {
        Path database = directory.resolve("x.db");
        TestDatabase.run(
                database,
                "PRAGMA secure_delete = OFF",
                "CREATE TABLE t (x)",
                TestDatabase.fill("t", "x", "iif(i % 2, 'THECELL', 'other') || i", 1000),
                "DELETE FROM t WHERE x LIKE 'THECELL%'");
        assertThat(new String(Files.readAllBytes(database), ISO_8859_1)).contains("THECELL");
        manager(database, Compaction.ALWAYS).take();
        assertInNoObject("THECELL");
    }

    @Test
    void take_freePagesKept_areZerosExceptForTrunkLists() throws Exception {
        Path database = directory.resolve("x.db");
        TestDatabase.run(
                database,
                "CREATE TABLE t (x)",
                TestDatabase.fill("t", "x", "hex(randomblob(3000))", 1500),
                "DELETE FROM t");
        manager(database, Compaction.NEVER).take();
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("x", store).restore(RestoreRequest.latest(), copy);
        byte[] bytes = Files.readAllBytes(copy);
        long free = Long.parseLong(TestDatabase.value(copy, "PRAGMA freelist_count"));
        int empty = 0;
        for (int page = 0; page < bytes.length / PAGE; page++) {
            empty += isEmpty(bytes, page * PAGE) ? 1 : 0;
        }
        long trunks = free - empty;
        assertThat(trunks).isBetween(1L, free / (PAGE / 4 - 8) + 1);
    }

    private static boolean isEmpty(byte[] bytes, int offset) {
        for (int i = 0; i < PAGE; i++) {
            if (bytes[offset + i] != 0) {
                return false;
            }
        }
        return true;
    }
}
