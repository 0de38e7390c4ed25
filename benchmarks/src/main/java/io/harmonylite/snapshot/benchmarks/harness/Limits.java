package io.harmonylite.snapshot.benchmarks.harness;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.harmonylite.snapshot.benchmarks.harness.Operation.Group;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.util.List;
import java.util.Random;
import org.sqlite.SQLiteConnection;

/** What the machine, SQLite, zstd and SHA-256 can do at best, each alone. */
final class Limits {

    static final String COPY = "cp";
    static final String BACKUP = "one-step backup";
    static final String QUICK_CHECK = "quick_check";
    static final String DIGEST = "SHA-256 alone";
    static final String STORED_DIGEST = "SHA-256 of the compressed bytes alone";
    static final String COMPRESS = "zstd level 1 alone";
    static final String DECOMPRESS = "unzstd alone";
    static final String WRITE = "write alone";
    static final String SYNC = "one fsync";
    static final String ONLINE = "all pages through SQLite, one checkpoint";

    private static final int CHUNK = 1 << 20;

    private Limits() {}

    static List<Operation> all() {
        return List.of(
                Operations.of(COPY, Group.LIMIT, Limits::cp),
                Operations.of("VACUUM INTO", Group.LIMIT, workspace -> vacuum(workspace.database(), copyOf(workspace))),
                Operations.of(BACKUP, Group.LIMIT, Limits::backup),
                Operations.of(QUICK_CHECK, Group.LIMIT, Limits::quickCheck),
                Operations.of(COMPRESS, Group.LIMIT, Limits::compress),
                Operations.of(DECOMPRESS, Group.LIMIT, Limits::compressToFile, Limits::decompress),
                Operations.of(DIGEST, Group.LIMIT, workspace -> digest(workspace.database())),
                Operations.of(
                        STORED_DIGEST, Group.LIMIT, Limits::compressToFile, workspace -> digest(compressed(workspace))),
                Operations.of(WRITE, Group.LIMIT, Limits::write),
                Operations.of(SYNC, Group.LIMIT, Limits::write, workspace -> sync(copyOf(workspace))),
                Operations.of(ONLINE, Group.LIMIT, Limits::prepareOnline, Limits::online));
    }

    static Path copyOf(Workspace workspace) {
        return workspace.scratch().resolve("copy.db");
    }

    private static Path compressed(Workspace workspace) {
        return workspace.scratch().resolve("compressed");
    }

    private static void cp(Workspace workspace) throws Exception {
        Process process = new ProcessBuilder(
                        "cp", workspace.database().toString(), copyOf(workspace).toString())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("cp failed");
        }
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
                    workspace.database(),
                    (chunk, length) -> context.compressByteArray(compressed, 0, compressed.length, chunk, 0, length));
        }
    }

    /** Writes frames of 1 MiB of content, each behind its length. */
    private static void compressToFile(Workspace workspace) throws IOException {
        byte[] compressed = new byte[2 * CHUNK];
        try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1);
                DataOutputStream out = new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(compressed(workspace)), CHUNK))) {
            chunks(workspace.database(), (chunk, length) -> {
                int size = context.compressByteArray(compressed, 0, compressed.length, chunk, 0, length);
                out.writeInt(size);
                out.write(compressed, 0, size);
            });
        }
    }

    private static void decompress(Workspace workspace) throws IOException {
        byte[] frame = new byte[2 * CHUNK];
        byte[] content = new byte[CHUNK];
        try (ZstdDecompressCtx context = new ZstdDecompressCtx();
                DataInputStream in = new DataInputStream(
                        new BufferedInputStream(Files.newInputStream(compressed(workspace)), CHUNK))) {
            for (long left = Files.size(workspace.database()); left > 0; ) {
                int size = in.readInt();
                in.readFully(frame, 0, size);
                left -= context.decompressByteArray(content, 0, content.length, frame, 0, size);
            }
        }
    }

    private static void digest(Path file) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        chunks(file, (chunk, length) -> sha256.update(chunk, 0, length));
        sha256.digest();
    }

    /** Writes as many bytes as the database has. */
    private static void write(Workspace workspace) throws IOException {
        byte[] chunk = new byte[CHUNK];
        new Random(1).nextBytes(chunk);
        try (OutputStream out = Files.newOutputStream(copyOf(workspace))) {
            for (long left = Files.size(workspace.database()); left > 0; left -= CHUNK) {
                out.write(chunk, 0, (int) Math.min(CHUNK, left));
            }
        }
    }

    private static void prepareOnline(Workspace workspace) throws Exception {
        Files.copy(workspace.database(), workspace.target());
    }

    /** Replaces all pages of a database in WAL mode in one transaction, and writes them back. */
    private static void online(Workspace workspace) throws Exception {
        try (Connection connection = SampleDatabase.open(workspace.target())) {
            int code = connection
                    .unwrap(SQLiteConnection.class)
                    .getDatabase()
                    .restore("main", workspace.database().toString(), null, 100, 50, -1);
            if (code != 0) {
                throw new IOException("the restore answered " + code);
            }
            SampleDatabase.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private static void chunks(Path file, ChunkConsumer consumer) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.readNBytes(chunk, 0, CHUNK); length > 0; length = in.readNBytes(chunk, 0, CHUNK)) {
                consumer.accept(chunk, length);
            }
        }
    }

    private interface ChunkConsumer {
        void accept(byte[] chunk, int length) throws IOException;
    }
}
