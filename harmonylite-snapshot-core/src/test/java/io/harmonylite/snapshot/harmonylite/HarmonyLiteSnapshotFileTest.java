package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource.Opened;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HarmonyLiteSnapshotFileTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"one-shard, 9f1a20832e25abfe", "tricky, 1b451b283dd969c2", "types, 2765ca80aed6f241"})
    void tag_harmonyLiteSnapshot_matchesHarmonyLite(String set, String tag) throws Exception {
        byte[] snapshot = Fixtures.bytes(set + "/snapshot.db");
        assertThat(HarmonyLiteTag.of(new ByteArrayInputStream(snapshot))).isEqualTo(tag);
    }

    @Test
    void tag_leadingZeros_areOmitted() throws Exception {
        assertThat(new HarmonyLiteTag().text()).isEqualTo("cbf29ce484222325");
        byte[] bytes = "10".getBytes(StandardCharsets.US_ASCII);
        assertThat(HarmonyLiteTag.of(new ByteArrayInputStream(bytes))).isEqualTo("8329707b4eb895a");
    }

    @Test
    void open_file_returnsBytesAndNoTag() throws Exception {
        HarmonyLiteSnapshotFile source =
                HarmonyLiteSnapshotFile.of(Fixtures.copy("types/snapshot.db", directory.resolve("snapshot.db")));
        try (Opened opened = source.open()) {
            assertThat(opened.content().readAllBytes()).isEqualTo(Fixtures.bytes("types/snapshot.db"));
            assertThat(Optional.of(opened.snapshot())).isEqualTo(source.find());
            assertThat(opened.snapshot().tag()).isEmpty();
            assertThat(opened.snapshot().sizeBytes()).isEqualTo(16384);
        }
    }

    @Test
    void open_fileOrDirectoryMissing_throwsMatchingException() throws Exception {
        HarmonyLiteSnapshotFile missing = HarmonyLiteSnapshotFile.of(directory.resolve("snapshot.db"));
        assertThat(missing.find()).isEmpty();
        assertThatThrownBy(missing::open).isInstanceOf(NoSuchObjectException.class);
        HarmonyLiteSnapshotFile nowhere = HarmonyLiteSnapshotFile.of(directory.resolve("no/snapshot.db"));
        assertThatThrownBy(nowhere::find).isInstanceOf(ContainerMissingException.class);
        assertThatThrownBy(nowhere::open).isInstanceOf(ContainerMissingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-journal"})
    void openAndPut_databaseInUse_areRejected(String sidecar) throws Exception {
        Path file = Fixtures.copy("types/snapshot.db", directory.resolve("live.db"));
        Files.createFile(directory.resolve("live.db" + sidecar));
        HarmonyLiteSnapshotFile live = HarmonyLiteSnapshotFile.of(file);
        assertThatThrownBy(live::open).isInstanceOf(StoreAccessException.class).hasMessageContaining(sidecar);
        assertThatThrownBy(() -> live.put(ObjectSource.of(new byte[1]), "")).isInstanceOf(StoreAccessException.class);
        assertThat(file).hasBinaryContent(Fixtures.bytes("types/snapshot.db"));
    }

    @Test
    void put_existingFile_isReplacedAtomically() throws Exception {
        HarmonyLiteSnapshotFile file = HarmonyLiteSnapshotFile.of(directory.resolve("snapshot.db"));
        assertThat(file.put(ObjectSource.of(new byte[] {1, 2, 3}), "")).isEqualTo(PreviousSnapshot.NONE);
        try (InputStream reader = file.open().content()) {
            assertThat(file.put(ObjectSource.of(new byte[] {4}), "")).isEqualTo(PreviousSnapshot.KEPT_UNTIL_COMPLETE);
            assertThat(reader.readAllBytes()).containsExactly(1, 2, 3);
        }
        assertThat(file.file()).hasBinaryContent(new byte[] {4});
        assertThat(directory).isDirectoryNotContaining("glob:**.harmonylite-export");
    }

    /** In HarmonyLite, a transfer that was cut off replaced the good snapshot by a truncated one (fault D2). */
    @Test
    void put_sourceEndsEarly_keepsPrevious() throws Exception {
        HarmonyLiteSnapshotFile file = HarmonyLiteSnapshotFile.of(directory.resolve("snapshot.db"));
        file.put(ObjectSource.of(new byte[] {1, 2, 3}), "");
        ObjectSource cutOff = new ObjectSource() {
            @Override
            public long length() {
                return 10;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(new byte[4]);
            }
        };
        assertThatThrownBy(() -> file.put(cutOff, "")).isInstanceOf(IOException.class);
        assertThat(file.file()).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(directory).isDirectoryNotContaining("glob:**.harmonylite-export");
    }
}
