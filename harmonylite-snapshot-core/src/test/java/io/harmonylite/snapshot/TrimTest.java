package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.StreamPurge;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimBound;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node applies 20 messages and takes snapshots at 8 and 16. Both are proven, unless a test says otherwise. */
class TrimTest {

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final InMemoryStreams streams = InMemoryStreams.unlimited("a");
    private Replica node;

    @BeforeEach
    void createNode() throws Exception {
        node = new Replica(Files.createDirectory(directory.resolve("node")), Kind.FILE, store, streams);
        node.createTables();
        node.manager().recover();
        streams.publish("a", 20);
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    private SnapshotId takeAt(long position) throws Exception {
        now = now.plusSeconds(60);
        node.apply("a", position);
        return manager().take().id();
    }

    private SnapshotManager manager() {
        return node.builder().clock(() -> now).build();
    }

    private void takeAndProveTwice() throws Exception {
        takeAt(8);
        manager().drill();
        takeAt(16);
        manager().drill();
        node.apply("a", 20);
    }

    private static long kept(InMemoryStreams streams) throws IOException {
        return streams.state("a").orElseThrow().messages();
    }

    private long purge(String stream, Instant created, long sequence) throws IOException {
        if (!streams.state(stream).orElseThrow().created().equals(created)) {
            throw new StreamAccessException("another stream");
        }
        long before = kept(streams);
        streams.dropBefore(stream, sequence);
        return before - kept(streams);
    }

    private TrimPolicy policy(MemberPositions members) {
        return TrimPolicy.of(this::purge, members).keepMessages(0).keepYoungerThan(Duration.ZERO);
    }

    private TrimPolicy policy() {
        return policy(MemberPositions.noOtherMembers());
    }

    private StreamTrim trim(TrimPolicy policy) {
        return manager().trim(policy).streams().get(0);
    }

    private long first() throws IOException {
        return streams.state("a").orElseThrow().first();
    }

    private void assertFreshNodeRecovers() throws Exception {
        Path fresh = Files.createTempDirectory(directory, "fresh");
        try (Replica late = new Replica(fresh, Kind.FILE, store, streams)) {
            assertThat(late.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
            late.catchUp();
            assertThat(late.rows("a")).isEqualTo(node.rows("a")).hasSize(20);
        }
    }

    @Test
    void trim_twoProven_removesMessagesBeforeTheOlderOne() throws Exception {
        takeAndProveTwice();
        TrimReport report = manager().trim(policy());
        assertThat(report.streams()).containsExactly(new StreamTrim("a", 1, 8, 7, TrimBound.SNAPSHOTS));
        assertThat(report.removed()).isEqualTo(7);
        assertThat(report.isDryRun()).isFalse();
        assertThat(report.snapshots())
                .containsExactlyElementsOf(manager().repository().proofs().stream()
                        .map(SnapshotProof::snapshot)
                        .toList());
        assertThat(first()).isEqualTo(8);
        assertFreshNodeRecovers();
        assertThat(trim(policy()).isTrimmed()).isFalse();
    }

    @Test
    void trim_oneProven_removesNothing() throws Exception {
        takeAt(8);
        manager().drill();
        takeAt(16);
        assertThat(trim(policy())).isEqualTo(new StreamTrim("a", 1, 1, 0, TrimBound.NOT_PROVEN));
        assertThat(first()).isEqualTo(1);
    }

    @Test
    void trim_oneSnapshotProvenTwice_removesNothing() throws Exception {
        SnapshotId id = takeAt(8);
        manager().repository().drill(id);
        now = now.plusSeconds(1);
        manager().repository().drill(id);
        assertThat(trim(policy()).bound()).isEqualTo(TrimBound.NOT_PROVEN);
    }

    @Test
    void trim_newerSnapshotWithoutProof_isNotCounted() throws Exception {
        takeAndProveTwice();
        takeAt(20);
        assertThat(trim(policy()).keptFrom()).isEqualTo(8);
    }

    @Test
    void trim_dryRun_reportsTheSameAndRemovesNothing() throws Exception {
        takeAndProveTwice();
        TrimReport planned = manager().trim(policy().dryRun());
        assertThat(planned.isDryRun()).isTrue();
        assertThat(first()).isEqualTo(1);
        assertThat(manager().trim(policy()).streams()).isEqualTo(planned.streams());
    }

    @Test
    void trim_memberBehind_keepsItsMessages() throws Exception {
        takeAndProveTwice();
        assertThat(trim(policy(stream -> OptionalLong.of(3))))
                .isEqualTo(new StreamTrim("a", 1, 3, 2, TrimBound.MEMBERS));
        assertThat(trim(policy(stream -> OptionalLong.empty())).bound()).isEqualTo(TrimBound.MEMBERS_UNKNOWN);
        assertThat(first()).isEqualTo(3);
    }

    @Test
    void trim_memberPositionsUnavailable_failsAndRemovesNothing() throws Exception {
        takeAndProveTwice();
        MemberPositions failing = stream -> {
            throw new IOException("planned");
        };
        assertThatThrownBy(() -> manager().trim(policy(failing))).isInstanceOf(StreamUnavailableException.class);
        assertThat(first()).isEqualTo(1);
    }

    @Test
    void trim_margins_areKept() throws Exception {
        takeAndProveTwice();
        assertThat(trim(policy().keepMessages(16))).isEqualTo(new StreamTrim("a", 1, 5, 4, TrimBound.MESSAGES_KEPT));
        assertThat(trim(policy().keepYoungerThan(Duration.ofMillis(13))))
                .isEqualTo(new StreamTrim("a", 5, 6, 1, TrimBound.AGE_KEPT));
    }

    @Test
    void trim_defaults_keepAThousandMessagesAndAnHour() throws Exception {
        takeAndProveTwice();
        TrimPolicy policy = TrimPolicy.of(this::purge, MemberPositions.noOtherMembers());
        assertThat(policy.messagesKept()).isEqualTo(1_000);
        assertThat(policy.ageKept()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.changeLogAge()).isEmpty();
        assertThat(policy.isDryRun()).isFalse();
        assertThat(trim(policy).isTrimmed()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> policy.keepMessages(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.keepYoungerThan(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.changeLogsOlderThan(Duration.ofMillis(-1)));
    }

    @Test
    void trim_thisNodeBehind_keepsItsMessages() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (Replica behind = new Replica(other, Kind.TABLE, store, streams)) {
            behind.createTables();
            behind.manager().recover();
            behind.apply("a", 5);
            takeAndProveTwice();
            assertThat(behind.manager().trim(policy()).streams())
                    .containsExactly(new StreamTrim("a", 1, 5, 4, TrimBound.THIS_NODE));
        }
    }

    @Test
    void trim_purgeFails_isReportedAndTheNextContinues() throws Exception {
        takeAndProveTwice();
        StreamPurge halfway = (stream, created, sequence) -> {
            purge(stream, created, 4);
            throw new IOException("planned");
        };
        TrimPolicy failing = TrimPolicy.of(halfway, MemberPositions.noOtherMembers())
                .keepMessages(0)
                .keepYoungerThan(Duration.ZERO);
        assertThatThrownBy(() -> manager().trim(failing)).isInstanceOf(StreamUnavailableException.class);
        StreamPurge forbidden = (stream, created, sequence) -> {
            throw new StreamAccessException("planned");
        };
        assertThatThrownBy(() -> manager()
                        .trim(TrimPolicy.of(forbidden, MemberPositions.noOtherMembers())
                                .keepMessages(0)
                                .keepYoungerThan(Duration.ZERO)))
                .isInstanceOf(SnapshotConfigurationException.class);
        assertThat(trim(policy())).isEqualTo(new StreamTrim("a", 4, 8, 4, TrimBound.SNAPSHOTS));
        assertFreshNodeRecovers();
    }

    @Test
    void trim_snapshotRetiredDuringTheTrim_removesNothing() throws Exception {
        takeAndProveTwice();
        SnapshotId older = manager().list().snapshots().get(0).id();
        MemberPositions retiring = stream -> {
            manager().repository().prune(PruneRequest.retire(older));
            return OptionalLong.of(20);
        };
        assertThatThrownBy(() -> manager().trim(policy(retiring)))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining(older.toString());
        assertThat(first()).isEqualTo(1);
    }

    @Test
    void trim_streamCreatedAgain_removesNothing() throws Exception {
        takeAndProveTwice();
        streams.create("a", StreamRetention.unlimited());
        streams.publish("a", 200);
        assertThat(trim(policy()).bound()).isEqualTo(TrimBound.NOT_COVERED);
        assertThat(kept(streams)).isEqualTo(200);
    }

    @Test
    void trim_withoutNode_dependsOnSnapshotsOnly() throws Exception {
        takeAndProveTwice();
        TrimReport report = SnapshotRepository.of("orders", store).trim(streams, policy());
        assertThat(report.streams()).containsExactly(new StreamTrim("a", 1, 8, 7, TrimBound.SNAPSHOTS));
    }

    @Test
    void trim_notConfigured_isRejected() {
        assertThatThrownBy(() -> manager().trim()).isInstanceOf(SnapshotConfigurationException.class);
        SnapshotManager without =
                SnapshotManager.builder("orders", node.database, store).build();
        assertThatThrownBy(() -> without.trim(policy())).isInstanceOf(SnapshotConfigurationException.class);
    }

    @Test
    void trim_configured_usesThatPolicy() throws Exception {
        takeAndProveTwice();
        assertThat(node.builder().trimPolicy(policy()).build().trim().removed()).isEqualTo(7);
    }

    private void createChangeLogs() throws Exception {
        TestDatabase.run(
                node.database,
                "CREATE TABLE __harmonylite___change_log_global (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                        + " change_table_id INTEGER, table_name TEXT)",
                "CREATE TABLE \"__harmonylite__größe's_change_log\" (id INTEGER PRIMARY KEY AUTOINCREMENT, val_x INT,"
                        + " type TEXT, created_at INTEGER, state INTEGER)",
                "CREATE TABLE xxharmonylite__t_change_log (id INTEGER PRIMARY KEY, type, created_at, state)",
                "CREATE TABLE __harmonylite__mine_change_log (id INTEGER PRIMARY KEY, state)",
                TestDatabase.fill(
                        "\"__harmonylite__größe's_change_log\"",
                        "val_x, type, created_at, state",
                        "i, 'insert', " + now.toEpochMilli() + " + 100 * i, i % 10 > 0",
                        2_000),
                "INSERT INTO __harmonylite___change_log_global (change_table_id, table_name)"
                        + " VALUES (1, 'größe''s'), (2, 'another')",
                TestDatabase.fill("xxharmonylite__t_change_log", "created_at, state", "1, 1", 5),
                TestDatabase.fill("__harmonylite__mine_change_log", "state", "1", 5));
    }

    /**
     * Row i is written i tenths of a second after the start, and the older snapshot is taken after a minute: at row
     * 600.
     */
    @Test
    void trim_changeLogs_removesPublishedRowsOlderThanBothSnapshotsAndThePolicy() throws Exception {
        createChangeLogs();
        takeAndProveTwice();
        now = now.plus(Duration.ofDays(1));
        TrimPolicy policy = policy().changeLogsOlderThan(Duration.ofHours(1));
        Map<String, Long> planned = manager().trim(policy.dryRun()).changeLogRows();
        assertThat(planned).containsExactly(Map.entry("__harmonylite__größe's_change_log", 539L));
        assertThat(rows()).isEqualTo("2000");
        TrimReport done = manager().trim(policy);
        assertThat(done.changeLogRows()).isEqualTo(planned);
        assertThat(done.removed()).isEqualTo(539 + 7);
        assertThat(rows()).isEqualTo("1461");
        assertThat(TestDatabase.value(node.database, "SELECT min(id) FROM \"__harmonylite__größe's_change_log\""))
                .isEqualTo("1");
        assertThat(TestDatabase.value(node.database, "SELECT count(*) FROM xxharmonylite__t_change_log"))
                .isEqualTo("5");
        assertThat(TestDatabase.value(node.database, "SELECT count(*) FROM __harmonylite__mine_change_log"))
                .isEqualTo("5");
        assertThat(manager()
                        .trim(policy.changeLogsOlderThan(Duration.ofDays(3)))
                        .removed())
                .isZero();
    }

    private String rows() throws Exception {
        return TestDatabase.value(node.database, "SELECT count(*) FROM \"__harmonylite__größe's_change_log\"");
    }

    @Test
    void trim_changeLogsNotConfiguredOrNothingProven_areKept() throws Exception {
        createChangeLogs();
        assertThat(manager().trim(policy().changeLogsOlderThan(Duration.ZERO)).changeLogRows())
                .isEmpty();
        takeAndProveTwice();
        now = now.plus(Duration.ofDays(1));
        assertThat(manager().trim(policy()).changeLogRows()).isEmpty();
        assertThat(rows()).isEqualTo("2000");
    }

    @Test
    void trim_packOfAProvenSnapshotIsGone_doesNotRelyOnIt() throws Exception {
        SnapshotId one = takeAt(8);
        manager().drill();
        SnapshotId two = takeAt(12);
        manager().drill();
        SnapshotId three = takeAt(16);
        manager().drill();
        node.apply("a", 20);
        store.delete("orders/packs/" + three + "-000000");
        assertThat(manager().trim(policy()).snapshots()).containsExactly(two, one);
        assertThat(first()).isEqualTo(8);
    }

    @Test
    void trim_packOfAProvenSnapshotWasFoundDamaged_doesNotRelyOnIt() throws Exception {
        SnapshotId one = takeAt(8);
        manager().drill();
        SnapshotId two = takeAt(12);
        manager().drill();
        SnapshotId three = takeAt(16);
        manager().drill();
        node.apply("a", 20);
        String pack = "orders/packs/" + three + "-000000";
        byte[] bytes = new byte[(int) store.stat(pack).size()];
        store.damage(pack, bytes);
        assertThat(manager().verify(three, VerifyDepth.STORED_BYTES).isSound()).isFalse();
        assertThat(manager().trim(policy()).snapshots()).containsExactly(two, one);
        assertThat(first()).isEqualTo(8);
    }
}
