package io.harmonylite.snapshot.benchmarks.harness;

import com.github.luben.zstd.ZstdCompressCtx;
import io.harmonylite.snapshot.benchmarks.harness.Operation.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.util.List;
import org.sqlite.SQLiteConnection;

/** What the machine, SQLite, zstd and SHA-256 can do at best, each alone. */
final class Limits {

    static final String COPY = "Files.copy + fsync";
    static final String BACKUP = "one-step backup";
    static final String QUICK_CHECK = "quick_check";
    static final String DIGEST = "SHA-256 alone";

    private static final int CHUNK = 1 << 20;

    private Limits() {}

    static List<Operation> all() {
        return List.of(
                Operations.of(COPY, Group.LIMIT, workspace -> copy(workspace.database(), copyOf(workspace))),
                Operations.of("VACUUM INTO", Group.LIMIT, workspace -> vacuum(workspace.database(), copyOf(workspace))),
                Operations.of(BACKUP, Group.LIMIT, Limits::backup),
                Operations.of(QUICK_CHECK, Group.LIMIT, Limits::quickCheck),
                Operations.of("zstd level 1 alone", Group.LIMIT, Limits::compress),
                Operations.of(DIGEST, Group.LIMIT, Limits::digest));
    }

    static Path copyOf(Workspace workspace) {
        return workspace.scratch().resolve("copy.db");
    }

    static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to);
        sync(to);
    }

    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    static void vacuum(Path from, Path to) throws Exception {
        try (Connection connection = SampleDatabase.open(from)) {
            SampleDatabase.execute(connection, "VACUUM INTO '" + to + "'");
        }
    }

    private static void backup(Workspace workspace) throws Exception {
        try (Connection connection = SampleDatabase.open(workspace.database())) {
            String target = copyOf(workspace).toString();
            int code =
                    connection.unwrap(SQLiteConnection.class).getDatabase().backup("main", target, null, 100, 50, -1);
            if (code != 0) {
                throw new IOException("the backup answered " + code);
            }
        }
    }

    private static void quickCheck(Workspace workspace) throws Exception {
        try (Connection connection = SampleDatabase.open(workspace.database())) {
            SampleDatabase.execute(connection, "PRAGMA quick_check");
        }
    }

    private static void compress(Workspace workspace) throws IOException {
        byte[] compressed = new byte[2 * CHUNK];
        try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1)) {
            chunks(
                    workspace,
                    (chunk, length) -> context.compressByteArray(compressed, 0, compressed.length, chunk, 0, length));
        }
    }

    private static void digest(Workspace workspace) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        chunks(workspace, (chunk, length) -> sha256.update(chunk, 0, length));
        sha256.digest();
    }

    private static void chunks(Workspace workspace, ChunkConsumer consumer) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(workspace.database())) {
            for (int length = in.readNBytes(chunk, 0, CHUNK); length > 0; length = in.readNBytes(chunk, 0, CHUNK)) {
                consumer.accept(chunk, length);
            }
        }
    }

    private interface ChunkConsumer {
        void accept(byte[] chunk, int length);
    }
}
