package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.benchmarks.harness.Operation.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What HarmonyLite does, step by step: {@code VACUUM INTO}, drop its triggers and logs, {@code VACUUM}, hash, store the
 * plain file; and a restore that copies the file over the database. Neither compresses, checks or syncs anything.
 */
final class OriginalPipeline {

    static final String TAKE = "original take";

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private OriginalPipeline() {}

    static List<Operation> all() {
        return List.of(
                Operations.of(TAKE, Group.ORIGINAL, OriginalPipeline::take),
                Operations.of(
                        "original restore",
                        Group.ORIGINAL,
                        OriginalPipeline::prepareTarget,
                        OriginalPipeline::restore));
    }

    private static void take(Workspace workspace) throws Exception {
        Files.createDirectories(workspace.store());
        take(workspace.database(), Limits.copyOf(workspace), workspace.store().resolve("snapshot.db"));
    }

    static void take(Path database, Path scratch, Path stored) throws Exception {
        Limits.vacuum(database, scratch);
        try (Connection connection = SampleDatabase.open(scratch)) {
            for (String drop : drops(connection)) {
                SampleDatabase.execute(connection, drop);
            }
            SampleDatabase.execute(connection, "VACUUM");
        }
        hash(scratch);
        Files.copy(scratch, stored, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> drops(Connection connection) throws SQLException {
        String query = "SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'table')"
                + " AND name LIKE '__harmonylite__%' ORDER BY type DESC";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> drops = new ArrayList<>();
            while (rows.next()) {
                drops.add(rows.getString(1));
            }
            return drops;
        }
    }

    /** FNV-1, 64 bits, as the original tags its snapshots. */
    static long hash(Path file) throws IOException {
        long hash = FNV_OFFSET;
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.read(chunk); length > 0; length = in.read(chunk)) {
                for (int i = 0; i < length; i++) {
                    hash = (hash * FNV_PRIME) ^ (chunk[i] & 0xff);
                }
            }
        }
        return hash;
    }

    static void prepareTarget(Workspace workspace) throws IOException {
        Files.copy(workspace.database(), workspace.target());
    }

    private static void restore(Workspace workspace) throws IOException {
        Files.copy(workspace.originalSnapshot(), workspace.target(), StandardCopyOption.REPLACE_EXISTING);
    }
}
