package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.store.StoreFullException;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests each status in the situations that lead to it, with and without {@code --json}. */
class ExitStatusTest {

    private static final String UNKNOWN_ID = "20261124T093000123Z-node_1-0123456789abcdef";

    @TempDir
    Path directory;

    /** A situation, its status, and texts in the message. */
    @SuppressWarnings("ImmutableEnumChecker") // List.of is.
    enum Row {
        NO_COMMAND(2, "no command is given; see 'snapshot-tool --help'") {
            @Override
            String[] arrange(Sample sample) {
                return new String[0];
            }
        },
        UNKNOWN_COMMAND(2, "'tkae'", "--help") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"tkae"};
            }
        },
        MISSPELLED_OPTION(2, "'--name=NAME'", "unknown option: --nmae", "snapshot-tool verify --help") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"verify", "--nmae", "orders", "--store", sample.storeUri()};
            }
        },
        UNKNOWN_OPTION(2, "'--jsonn'", "did you mean --json", "snapshot-tool list --help") {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("list", "--jsonn");
            }
        },
        OPTION_MISSING(2, "'--store=URI'", "snapshot-tool list --help") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders"};
            }
        },
        EMPTY_PATH(2, "'--database'", "the path is empty") {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("take", "--database", "");
            }
        },
        BAD_NAME(2, "'--name'", "'../up'", "[A-Za-z0-9._-]") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "../up", "--store", sample.storeUri()};
            }
        },
        BAD_NODE(2, "'--node'", "'a b'") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("take", "--node", "a b");
            }
        },
        BAD_POSITION(2, "'changes'", "changes-1=42") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("take", "--position", "changes");
            }
        },
        NEGATIVE_POSITION(2, "'changes=-1'") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("take", "--position", "changes=-1");
            }
        },
        BAD_COMPACTION(2, "'often'", "when-worthwhile, always, never") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("take", "--compact", "often");
            }
        },
        BAD_ID(2, "not a snapshot id: 'latest'", UNKNOWN_ID) {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("verify", "--id", "latest");
            }
        },
        BAD_INSTANT(2, "not an instant: 'yesterday'", "2026-11-24T09:30:00Z") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("restore", "--at", "yesterday");
            }
        },
        STORE_WITHOUT_SCHEME(2, "'/backup' is not a URI", "file:///backup") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "/backup"};
            }
        },
        STORE_WITHOUT_ABSOLUTE_PATH(2, "'file:backup' has no absolute path", "write file:///") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "file:backup"};
            }
        },
        STORE_WITH_HOST(2, "'file://host/backup' is not a path", "file:/path") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "file://host/backup"};
            }
        },
        STORE_WITH_SPACE(2, "not a URI", "at character 9", "%20") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "file:/my backup"};
            }
        },
        STORE_OF_UNKNOWN_SCHEME(2, "unknown URI scheme 'ftp'", "file:/path") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "ftp://host/backup"};
            }
        },
        STORE_IS_A_FILE(2, "orders.db is not a directory") {
            @Override
            String[] arrange(Sample sample) {
                return new String[] {"list", "--name", "orders", "--store", "file:" + sample.database()};
            }
        },
        DATABASE_IS_A_DIRECTORY(2, "is not a regular file") {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("take", "--database", sample.directory().toString());
            }
        },
        STORE_MISSING(3, "no store at file:", "the directory does not exist") {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("list");
            }
        },
        STORE_MISSING_FOR_RESTORE(3, "no store at file:") {
            @Override
            String[] arrange(Sample sample) {
                return sample.onDatabase("restore");
            }
        },
        NOTHING_TO_VERIFY(3, "no snapshot of orders in file:") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                Files.createDirectory(sample.store());
                return sample.command("verify");
            }
        },
        NOTHING_TO_RESTORE(3, "no snapshot of orders") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                Files.createDirectory(sample.store());
                return sample.onDatabase("restore");
            }
        },
        SNAPSHOT_MISSING(3, UNKNOWN_ID) {
            @Override
            String[] arrange(Sample sample) {
                sample.take();
                return sample.onDatabase("restore", "--id", UNKNOWN_ID);
            }
        },
        DATABASE_MISSING(3, "no database at", "missing.db") {
            @Override
            String[] arrange(Sample sample) {
                return sample.command("take", "--database", sample.directory() + "/no/missing.db");
            }
        },
        DATABASE_JUNK(4, "junk.db is damaged, encrypted or not a SQLite database") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                byte[] junk = new byte[5000];
                new Random(1).nextBytes(junk);
                Path file = Files.write(sample.directory().resolve("junk.db"), junk);
                return sample.command("take", "--database", file.toString());
            }
        },
        DATABASE_EMPTY(4, "empty.db") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                Path file = Files.createFile(sample.directory().resolve("empty.db"));
                return sample.command("take", "--database", file.toString());
            }
        },
        PACK_DAMAGED(4, "damaged") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                sample.take();
                sample.damage("packs");
                sample.lose(); // Else its pages are used.
                return sample.onDatabase("restore");
            }
        },
        PACK_CUT_OFF(4, "is truncated") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                sample.take();
                Path pack = sample.objects("packs")[0];
                Files.write(pack, Arrays.copyOf(Files.readAllBytes(pack), 100));
                sample.lose();
                return sample.onDatabase("restore");
            }
        },
        MANIFEST_IS_JUNK(4, "damaged") {
            @Override
            String[] arrange(Sample sample) throws IOException {
                String id = sample.take();
                Files.write(sample.objects("manifests")[0], "junk".getBytes(StandardCharsets.UTF_8));
                return sample.onDatabase("restore", "--id", id);
            }
        },
        ONLY_CANDIDATE_UNREADABLE(4, "damaged") {
            @Override
            String[] arrange(Sample sample) {
                sample.take();
                sample.damage("manifests");
                return sample.onDatabase("restore");
            }
        },
        SCHEMA_NEWER(6, "user_version") {
            @Override
            String[] arrange(Sample sample) throws SQLException {
                sample.take();
                sample.sql("PRAGMA user_version = 2");
                return sample.onDatabase("restore");
            }
        },
        STORE_UNREACHABLE(5, "File name too long") {
            @Override
            String[] arrange(Sample sample) {
                String tooLong = sample.directory() + "/" + "x".repeat(300);
                return new String[] {
                    "take", "--name", "orders", "--database", sample.database().toString(), "--store", "file:" + tooLong
                };
            }
        };

        private final int status;
        private final List<String> texts;

        Row(int status, String... texts) {
            this.status = status;
            this.texts = List.of(texts);
        }

        /** Creates the situation and returns the command. */
        abstract String[] arrange(Sample sample) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void d28_badSituation_hasItsStatusAndSaysWhyInOneLine(Row row) throws Exception {
        String[] command = row.arrange(Sample.create(directory));
        Outcome outcome = Tool.run(command);
        assertThat(outcome.err()).startsWith("snapshot-tool: ").contains(row.texts);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.status()).isEqualTo(row.status);
        assertSameInJson(command, outcome);
    }

    private static void assertSameInJson(String[] command, Outcome plain) {
        Outcome outcome = Tool.run(Tool.with(command, "--json"));
        JsonNode error = Tool.json(outcome.out()).get("error");
        assertThat(outcome.status()).isEqualTo(plain.status());
        assertThat(error.get("status").asInt()).isEqualTo(plain.status());
        assertThat(error.get("kind").asText()).isNotEmpty();
        if (command.length > 1) {
            assertThat(error.get("message").asText())
                    .isEqualTo(plain.err().substring("snapshot-tool: ".length()).strip());
        }
    }

    /** In sysfs not even the superuser can create a directory. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void take_storeNotWritable_isStatus2() throws Exception {
        Sample sample = Sample.create(directory);
        Outcome outcome = Tool.run(
                "take",
                "--name",
                "orders",
                "--database",
                sample.database().toString(),
                "--store",
                "file:/sys/kernel/backup");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("this process has no permission in /sys/kernel/backup");
    }

    /** Waits until the library stops retrying the store. */
    @Test
    @Tag("slow")
    void list_storeUnreadable_isStatus5() throws Exception {
        Sample sample = Sample.create(directory);
        Files.createDirectories(sample.store().resolve("orders"));
        Path loop = sample.store().resolve("orders/manifests");
        Files.createSymbolicLink(loop, loop);
        Outcome outcome = Tool.run(sample.command("list"));
        assertThat(outcome.status()).isEqualTo(5);
        assertThat(outcome.err()).contains("store");
    }

    /** Waits until the busy timeout expires. */
    @Test
    @Tag("slow")
    void take_databaseLocked_isBusy() throws Exception {
        Sample sample = Sample.create(directory);
        sample.sql("PRAGMA journal_mode = DELETE");
        try (Connection writer = sample.open();
                var statement = writer.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            Outcome outcome = Tool.run(sample.onDatabase("take"));
            assertThat(outcome.status()).isEqualTo(7);
            assertThat(outcome.err()).contains(sample.database().toString(), "in use");
        }
    }

    /** Covers failures that these tests cannot cause. */
    @Test
    void of_libraryExceptions_returnsTheirStatus() {
        Map<Exception, Integer> statuses = Map.of(
                new SnapshotConfigurationException("x"), 2,
                new UnsupportedFormatException("x"), 4,
                new StoreUnavailableException("x"), 5,
                new IndeterminateCommitException("x"), 5,
                new SnapshotInProgressException("x"), 7,
                new InsufficientSpaceException("x"), 8,
                new StoreFullException("x", null), 8,
                new SnapshotInterruptedException("x"), 130,
                new SnapshotException("x"), 1,
                new IllegalStateException("x"), 1);
        statuses.forEach((failure, status) ->
                assertThat(ExitStatus.of(failure).code()).as("%s", failure).isEqualTo(status));
    }

    @Test
    void of_sequenceMapExceptions_returnsTheirStatus() {
        assertThat(ExitStatus.of(new CorruptSequenceMapException("x"))).isEqualTo(ExitStatus.CORRUPT);
        assertThat(ExitStatus.of(new SequenceMapInUseException("x"))).isEqualTo(ExitStatus.BUSY);
        assertThat(ExitStatus.of(new NoSuchFileException("x"))).isEqualTo(ExitStatus.NOT_FOUND);
    }

    @Test
    void of_timeoutOfASocket_isNotAnInterrupt() {
        assertThat(ExitStatus.of(new SocketTimeoutException("x"))).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(ExitStatus.of(new InterruptedIOException("x"))).isEqualTo(ExitStatus.INTERRUPTED);
    }

    @Test
    void code_all_matchesTheDocumentation() {
        assertThat(Arrays.stream(ExitStatus.values()).map(ExitStatus::code))
                .isEqualTo(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130));
    }

    @Test
    void message_unexpected_namesTheException() {
        assertThat(Failures.message(new IllegalStateException("odd"))).contains("IllegalStateException", "odd");
        assertThat(Failures.message(new SnapshotException("odd\n  twice"))).isEqualTo("odd twice");
    }

    @Test
    void worst_severalStatuses_areOrderedByUrgency() {
        List<ExitStatus> order = List.of(
                ExitStatus.CORRUPT, ExitStatus.DECISION, ExitStatus.UNAVAILABLE, ExitStatus.FAILED, ExitStatus.DONE);
        for (int i = 0; i < order.size(); i++) {
            assertThat(ExitStatus.worst(order.subList(i, order.size()).stream()))
                    .isEqualTo(order.get(i));
        }
        for (ExitStatus status : ExitStatus.values()) {
            assertThat(ExitStatus.worst(Stream.of(ExitStatus.DONE, status))).isEqualTo(status);
        }
        assertThat(ExitStatus.worst(Stream.of())).isEqualTo(ExitStatus.DONE);
    }
}
