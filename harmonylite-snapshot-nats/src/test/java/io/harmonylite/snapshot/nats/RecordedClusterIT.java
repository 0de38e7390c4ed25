package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.nats.HarmonyLiteMember.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.NUID;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members of clusters whose messages and snapshot the real HarmonyLite wrote. A snapshot contains all messages. */
@ExtendWith(NatsExtension.class)
@Timeout(120)
class RecordedClusterIT {

    private static final Pattern MESSAGE = Pattern.compile(
            "\"harmonylite-changes-([-c0-9]+)-([0-9]+)\\.bin\": \\{.*?\"time\": \"([^\"]+)\"", Pattern.DOTALL);

    private final io.nats.client.Connection connection;
    private final String prefix = "recorded-" + NUID.nextGlobal() + '-';
    private final Set<String> streams = new LinkedHashSet<>();

    @TempDir
    Path directory;

    RecordedClusterIT(io.nats.client.Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void deleteStreams() throws Exception {
        for (String stream : streams) {
            connection.jetStreamManagement().deleteStream(stream);
        }
    }

    /** Publishes the messages of a set in the order of their times. */
    private void publish(String set, int kept) throws Exception {
        String listing = new String(HarmonyLiteFixtures.bytes(set + "/messages/decoded.json"), UTF_8);
        Matcher matcher = MESSAGE.matcher(listing);
        List<MatchResult> messages = matcher.results()
                .sorted(comparing((MatchResult message) -> Instant.parse(message.group(3)))
                        .thenComparing(message -> Integer.valueOf(message.group(2))))
                .toList();
        assertThat(messages).isNotEmpty();
        for (MatchResult message : messages) {
            String shard = message.group(1);
            if (streams.add(prefix + shard)) {
                EmptyStreams.create(connection, prefix + shard, kept);
            }
            byte[] bytes = HarmonyLiteFixtures.bytes(
                    set + "/messages/harmonylite-changes-" + shard + '-' + message.group(2) + ".bin");
            connection.jetStream().publish(prefix + shard, bytes);
        }
    }

    private HarmonyLiteMember member(Kind kind) {
        return new HarmonyLiteMember(
                directory.resolve("member.db"),
                directory.resolve("seq-map.cbor"),
                kind,
                NatsStreams.of(connection, streams),
                new InMemorySnapshotStore());
    }

    private static List<String> rows(Path database) throws Exception {
        List<String> rows = new ArrayList<>();
        for (String table : HarmonyLiteTables.query(
                database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%harmonylite%'")) {
            List<String> columns = HarmonyLiteTables.query(
                    database, "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('" + table + "')");
            rows.addAll(HarmonyLiteTables.query(
                    database,
                    "SELECT '" + table + " ' || " + String.join(" || ',' || ", columns) + " FROM \"" + table
                            + "\" ORDER BY 1"));
        }
        return rows;
    }

    private List<String> expected(String set) throws Exception {
        Path snapshot = directory.resolve("expected.db");
        Files.write(snapshot, HarmonyLiteFixtures.bytes(set + "/snapshot.db"));
        return rows(snapshot);
    }

    /** Returns statements that take back what all messages of a set have changed. */
    private static String[] undo(String set) {
        return set.equals("types")
                ? new String[] {"DELETE FROM d", "DELETE FROM np", "DELETE FROM ck"}
                : new String[] {
                    "DELETE FROM blobs WHERE a = 100",
                    "UPDATE blobs SET b = x'00' WHERE a = 3",
                    "INSERT INTO blobs (a, b, c) VALUES (5, x'', x'00')"
                };
    }

    @ParameterizedTest
    @CsvSource({"types, FILE", "types, TABLE", "tricky, FILE", "tricky, TABLE"})
    void follow_allMessages_endsEqual(String set, Kind kind) throws Exception {
        publish(set, 1024);
        Path database = directory.resolve("member.db");
        Files.write(database, HarmonyLiteFixtures.bytes(set + "/snapshot.db"));
        HarmonyLiteTables.run(database, undo(set));
        assertThat(rows(database)).isNotEqualTo(expected(set));
        try (HarmonyLiteMember member = member(kind)) {
            member.start(RecoveryOptions.defaults().replaceExistingRows());
            Eventually.isTrue(member::isAtEnd, "the feed");
            assertThat(rows(database)).isEqualTo(expected(set));
            assertThat(member.quarantined()).isZero();
        }
    }

    /** The last messages that were recorded of each stream are applied again, onto rows that have their values. */
    @ParameterizedTest
    @CsvSource({"one-shard, FILE", "three-shards-compressed, TABLE", "three-shards-uncompressed, FILE"})
    void recover_fullStreams_joinsByTheSnapshotAndEndsEqual(String set, Kind kind) throws Exception {
        publish(set, 2);
        try (HarmonyLiteMember member = member(kind)) {
            RecoveryReport report = member.start(RecoveryOptions.defaults().harmonyLiteSnapshot(snapshot()));
            assertThat(report.plan()).isInstanceOf(RecoveryPlan.RestoreHarmonyLite.class);
            Eventually.isTrue(member::isAtEnd, "the feed");
            assertThat(rows(member.database())).isEqualTo(expected("one-shard"));
            assertThat(member.quarantined()).isZero();
        }
    }

    /** The recorded snapshot, stored long after the messages. */
    private static HarmonyLiteSnapshotSource snapshot() throws Exception {
        byte[] content = HarmonyLiteFixtures.bytes("one-shard/snapshot.db");
        HarmonyLiteSnapshot described = new HarmonyLiteSnapshot(
                "recorded",
                content.length,
                Optional.empty(),
                Optional.of(Instant.now().plus(Duration.ofHours(1))));
        return new HarmonyLiteSnapshotSource() {
            @Override
            public Optional<HarmonyLiteSnapshot> find() {
                return Optional.of(described);
            }

            @Override
            public Opened open() {
                return new Opened(described, new ByteArrayInputStream(content));
            }
        };
    }
}
