package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares what docs/restore.py restores, a program written from docs/format.md alone, with what the library fetches. */
class RestoreProgramTest {

    private static final Path PROGRAM = Path.of("../docs/restore.py").toAbsolutePath();

    @TempDir
    Path directory;

    private Path database;
    private Path store;

    @BeforeAll
    static void requirePython() throws Exception {
        assumeTrue(
                isInstalled("python3", "-c", "import zstandard"),
                "skipped: needs python3 with the package zstandard (pip install zstandard)");
    }

    private static boolean isInstalled(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // There is no python3.
        }
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        store = directory.resolve("store");
        TestDatabase.create(database, "PRAGMA page_size = 512", "PRAGMA encoding = 'UTF-16le'");
        TestDatabase.run(
                database,
                "CREATE TABLE blobs (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("blobs", "x", "randomblob(1000)", 3000),
                "INSERT INTO blobs (x) VALUES (randomblob(4000000))"); // Frames that are stored plain.
    }

    private SnapshotInfo take() throws Exception {
        try (FileSystemSnapshotStore opened = FileSystemSnapshotStore.create(store)) {
            return SnapshotManager.builder("orders", database, opened)
                    .compaction(Compaction.NEVER)
                    .build()
                    .take();
        }
    }

    /** Returns the image as the library rebuilds it. */
    private byte[] fetched(SnapshotId id) throws Exception {
        List<byte[]> images = new ArrayList<>();
        try (FileSystemSnapshotStore opened = FileSystemSnapshotStore.open(store)) {
            SnapshotRepository.builder("orders", opened)
                    .scratchDirectory(directory)
                    .connectionCustomizer(connection -> images.add(contentOf(connection)))
                    .build()
                    .verify(id, VerifyDepth.REBUILD);
        }
        return images.get(0);
    }

    private static byte[] contentOf(Connection connection) {
        try {
            String file = TestDatabase.value(connection, "SELECT file FROM pragma_database_list WHERE name = 'main'");
            return Files.readAllBytes(Path.of(file.substring(1, file.length() - 1)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Result restore(Path output, String... id) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("python3", "-B", PROGRAM.toString(), store.toString(), "orders", output.toString()));
        command.addAll(List.of(id));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), text);
    }

    private record Result(int status, String text) {}

    @Test
    void restore_fullAndIncrementalSnapshots_equalsWhatTheLibraryFetches() throws Exception {
        List<SnapshotInfo> taken = new ArrayList<>(List.of(take()));
        TestDatabase.run(database, "UPDATE blobs SET x = 'changed' WHERE id % 100 = 0");
        taken.add(take());
        TestDatabase.run(database, "DELETE FROM blobs WHERE id > 800 AND id % 7 > 1", "VACUUM");
        taken.add(take());
        assertThat(taken.get(1).referencedBytes()).isPositive();
        assertThat(hasPlainFrame(taken.get(0).id())).isTrue();
        for (SnapshotInfo snapshot : taken) {
            Path output = directory.resolve(snapshot.id() + ".db");
            assertThat(restore(output, snapshot.id().toString()).text()).startsWith("restored " + snapshot.id());
            assertThat(Files.readAllBytes(output)).isEqualTo(fetched(snapshot.id()));
        }
        Path latest = directory.resolve("latest.db");
        assertThat(restore(latest).text()).startsWith("restored " + taken.get(2).id());
    }

    private boolean hasPlainFrame(SnapshotId id) throws Exception {
        Manifest manifest = ManifestCodec.decode(Files.readAllBytes(store.resolve("orders/manifests/" + id)));
        LayerEntry entry = manifest.leaves().get(0).layers().get(0);
        PackEntry of = manifest.packs().get(0);
        byte[] pack = Files.readAllBytes(store.resolve("orders/packs/" + of.name()));
        try (PackReader reader = new PackReader()) {
            return reader.layer(pack, 0, of, entry, 0, 512).frames().stream()
                    .anyMatch(frame -> frame.length() == frame.pages() * 512);
        }
    }

    @Test
    void restore_existingFile_isRefused() throws Exception {
        take();
        byte[] before = Files.readAllBytes(database);
        assertThat(restore(database).status()).isEqualTo(1);
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
    }

    /** Each part is changed so that all digests above it are right, and only its own is wrong. */
    @ParameterizedTest
    @CsvSource({
        "page, wrong digest of a page",
        "page table, wrong digest of the page table",
        "pack, has another digest",
        "leaf, wrong digest of leaf 0",
        "image, wrong image digest",
        "schema, wrong digest of the schema",
        "body, wrong digest of the body",
        "head, wrong digest of the head",
        "manifest, wrong digest of the manifest"
    })
    void restore_anyDigestWrong_isRefused(String part, String message) throws Exception {
        SnapshotId id = take().id();
        Path file = store.resolve("orders/manifests/" + id);
        RawManifest raw = RawManifest.of(ManifestCodec.decode(Files.readAllBytes(file)));
        byte[] manifest = forged(part, raw, Files.readAllBytes(file));
        Files.write(file, manifest);
        Path output = directory.resolve("output.db");
        Result result = restore(output, id.toString());
        assertThat(result.text()).startsWith("not restored: ").contains(message);
        assertThat(result.status()).isEqualTo(1);
        assertThat(output).doesNotExist();
    }

    private byte[] forged(String part, RawManifest raw, byte[] manifest) throws Exception {
        List<Object> layer = raw.list(raw.leaf(0), "layers");
        int block = ((Number) layer.get(1)).intValue();
        int pageDigest = block + ((Number) layer.get(2)).intValue();
        int blockDigest = pageDigest + ((Number) layer.get(3)).intValue() * Digest.LENGTH;
        switch (part) {
            case "page" ->
                pack(raw, pack -> {
                    pack[pageDigest]++;
                    byte[] digest = Digest.of(pack, block, blockDigest - block).bytes();
                    System.arraycopy(digest, 0, pack, blockDigest, Digest.LENGTH);
                    return pack;
                });
            case "page table" ->
                pack(raw, pack -> {
                    pack[blockDigest]++;
                    return pack;
                });
            case "pack" -> raw.pack(0).put("sha256", new byte[Digest.LENGTH]);
            case "leaf" -> {
                raw.leaf(0).put("digest", new byte[Digest.LENGTH]);
                raw.head.put("image", imageOf(raw));
            }
            case "image" -> raw.head.put("image", new byte[Digest.LENGTH]);
            case "schema" -> raw.head.put("schema", new byte[Digest.LENGTH]);
            case "body" -> {
                raw.seal();
                raw.keepBodyEntry().bodyEntry().put("sha256", new byte[Digest.LENGTH]);
            }
            default -> {
                int body = ((Number) raw.bodyEntry().get("offset")).intValue();
                manifest[part.equals("head") ? body - 1 : manifest.length - 1]++;
                return manifest;
            }
        }
        return raw.seal();
    }

    private static byte[] imageOf(RawManifest raw) {
        ImageGeometry geometry = new ImageGeometry(
                ((Number) raw.head.get("pageSize")).intValue(), ((Number) raw.head.get("pageCount")).longValue());
        List<Digest> leaves = new ArrayList<>();
        for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
            leaves.add(Digest.copyOf((byte[]) raw.leaf(leaf).get("digest"), 0));
        }
        return ImageDigests.image(geometry, leaves).bytes();
    }

    /** Changes the first pack, and gives it the right digest in the manifest. */
    private void pack(RawManifest raw, UnaryOperator<byte[]> change) throws Exception {
        Path file = store.resolve("orders/packs/" + raw.pack(0).get("name"));
        byte[] changed = change.apply(Files.readAllBytes(file));
        Files.write(file, changed);
        raw.pack(0).put("sha256", Digest.of(changed).bytes());
    }
}
