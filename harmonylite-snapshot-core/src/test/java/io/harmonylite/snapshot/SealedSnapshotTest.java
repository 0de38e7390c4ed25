package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots that only the owner of the keys can read and write. */
class SealedSnapshotTest {

    private static final String SECRET = "an order that nobody else may read";

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final KeysetHandle first = TestKeys.keyset();
    private final SnapshotKeys keys = SnapshotKeys.of(first);
    private Path database;

    /** Returns a keyset with a new first key, and an old one. */
    private static KeysetHandle rotated(KeysetHandle old) throws Exception {
        return KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(old.getPrimary().getKey())
                        .withFixedId(old.getPrimary().getId()))
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .makePrimary())
                .build();
    }

    private static SnapshotKeys onlyPrimary(KeysetHandle keyset) throws Exception {
        return SnapshotKeys.of(KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(keyset.getPrimary().getKey())
                        .withFixedId(keyset.getPrimary().getId())
                        .makePrimary())
                .build());
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "'" + SECRET + "'", 500),
                TestDatabase.fill("t", "x", "randomblob(900)", 2_000));
    }

    private SnapshotManager manager(@Nullable SnapshotKeys with) {
        now = now.plus(Duration.ofMinutes(1));
        SnapshotManager.Builder builder =
                SnapshotManager.builder("orders", database, store).compaction(Compaction.NEVER);
        return with == null ? builder.build() : builder.keys(with).build();
    }

    private SnapshotInfo take(@Nullable SnapshotKeys with) {
        return manager(with).take();
    }

    private SnapshotRepository repository(InMemorySnapshotStore of, @Nullable SnapshotKeys with) {
        SnapshotRepository.Builder builder =
                SnapshotRepository.builder("orders", of).scratchDirectory(directory);
        return with == null ? builder.build() : builder.keys(with).build();
    }

    private void change() throws Exception {
        TestDatabase.run(database, "UPDATE t SET x = randomblob(900) WHERE id % 400 = 7");
    }

    private void assertRestores(InMemorySnapshotStore from, SnapshotId id, SnapshotKeys with, Map<?, ?> expected)
            throws Exception {
        assertThat(repository(from, with).verify(id, VerifyDepth.REBUILD).problem())
                .isEmpty();
        Path copy = directory.resolve("copy.db");
        repository(from, with).restore(RestoreRequest.of(id), copy);
        assertThat(TestDatabase.dump(copy)).isEqualTo(expected);
        Files.delete(copy);
    }

    @Test
    void restore_sealedSnapshot_needsItsKeyAndFetchesNothingWithoutIt() throws Exception {
        SnapshotInfo taken = take(keys);
        assertThat(taken.key()).contains(keys.first());
        assertRestores(store, taken.id(), keys, TestDatabase.dump(database));
        FaultyStore counted = new FaultyStore(store);
        for (SnapshotKeys wrong : Arrays.asList(null, SnapshotKeys.of(TestKeys.keyset()))) {
            SnapshotRepository.Builder builder = SnapshotRepository.builder("orders", counted);
            SnapshotRepository repository =
                    wrong == null ? builder.build() : builder.keys(wrong).build();
            for (RestoreRequest request : List.of(RestoreRequest.latest(), RestoreRequest.of(taken.id()))) {
                assertThatThrownBy(() -> repository.restore(request, directory.resolve("no.db")))
                        .isInstanceOfSatisfying(
                                SnapshotKeyException.class,
                                e -> assertThat(e.key()).contains(keys.first()));
            }
            assertThatThrownBy(() -> repository.verify(taken.id(), VerifyDepth.STORED_BYTES))
                    .isInstanceOf(SnapshotKeyException.class);
            assertThatThrownBy(repository::drill).isInstanceOf(SnapshotKeyException.class);
        }
        assertThat(counted.log()).noneMatch(call -> call.startsWith("open") && call.contains("/packs/"));
        assertThat(directory.resolve("no.db")).doesNotExist();
    }

    @Test
    void take_withKeys_storesNothingReadable() throws Exception {
        TestDatabase.run(database, "CREATE TABLE \"" + SECRET + "\" (x)");
        SnapshotInfo taken = take(keys);
        for (ObjectInfo object : store.list("")) {
            String bytes = new String(store.open(object.name()).readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(bytes).doesNotContain(SECRET);
        }
        SnapshotInfo listed = repository(store, null).latest().orElseThrow();
        assertThat(listed.id()).isEqualTo(taken.id());
        assertThat(listed.key()).contains(keys.first());
        assertThat(listed.image().pageCount()).isEqualTo(taken.image().pageCount());
        assertThat(listed.image().schemaDigest()).matches("0{64}");
        assertThat(repository(store, keys).latest()).contains(taken);
    }

    @Test
    void take_rotatedKeys_referencesOldPacksAndNeedsOnlyTheNewKey() throws Exception {
        SnapshotInfo oldest = take(keys);
        change();
        KeysetHandle both = rotated(first);
        SnapshotInfo second = take(SnapshotKeys.of(both));
        change();
        SnapshotInfo third = take(SnapshotKeys.of(both));
        assertThat(second.referencedBytes()).isPositive();
        assertThat(third.referencedBytes()).isPositive();
        Map<?, ?> content = TestDatabase.dump(database);
        assertRestores(store, third.id(), SnapshotKeys.of(both), content);
        assertRestores(store, third.id(), onlyPrimary(both), content);
        assertThatThrownBy(() -> repository(store, keys).verify(third.id(), VerifyDepth.MANIFEST))
                .isInstanceOf(SnapshotKeyException.class);
        assertThat(repository(store, onlyPrimary(both)).list().unreadable()).containsOnlyKeys(oldest.id());
    }

    @Test
    void restore_overTheDatabase_fetchesOnlyPagesThatDiffer() throws Exception {
        SnapshotInfo taken = take(keys);
        Map<?, ?> content = TestDatabase.dump(database);
        TestDatabase.run(database, "UPDATE t SET x = randomblob(900) WHERE id = 1");
        RestoreReport report = manager(keys).restore(RestoreRequest.of(taken.id()));
        assertThat(report.bytesReused()).isPositive();
        assertThat(report.bytesFetched()).isLessThan(taken.storedBytes());
        assertThat(TestDatabase.dump(database)).isEqualTo(content);
    }

    @Test
    void take_withKeysAfterPlainSnapshots_isFullAndLater() throws Exception {
        SnapshotInfo plain = take(null);
        SnapshotInfo sealed = take(keys);
        assertThat(sealed.referencedBytes()).isZero();
        assertThat(sealed.generation()).isGreaterThan(plain.generation());
        assertThat(repository(store, keys).list().unreadable()).containsOnlyKeys(plain.id());
        assertThat(repository(store, keys).list().unreadable().get(plain.id()))
                .isInstanceOf(SnapshotKeyException.class);
        assertThatThrownBy(() -> repository(store, keys).restore(RestoreRequest.of(plain.id()), directory.resolve("x")))
                .isInstanceOf(SnapshotKeyException.class)
                .hasMessageContaining("without keys");
        assertThat(repository(store, keys)
                        .prune(PruneRequest.retain(RetentionPolicy.keepLast(1)))
                        .retired())
                .containsExactly(plain.id());
    }

    @Test
    void take_withoutKeysAfterSealedSnapshots_isRejectedAndStoresNothing() throws Exception {
        SnapshotInfo sealed = take(keys);
        List<ObjectInfo> before = store.list("");
        assertThatThrownBy(() -> take(null))
                .isInstanceOf(SnapshotKeyException.class)
                .hasMessageContaining(keys.first());
        assertThat(store.list("")).isEqualTo(before);
        assertThat(repository(store, null).latest().map(SnapshotInfo::id)).contains(sealed.id());
    }

    @Test
    void copyAndPrune_withoutKeys_keepWhatTheOwnerCanRestore() throws Exception {
        SnapshotInfo older = take(keys);
        change();
        SnapshotInfo latest = take(keys);
        InMemorySnapshotStore target = new InMemorySnapshotStore(() -> now);
        CopyReport report = repository(store, null).copyTo(target, CopyRequest.all());
        assertThat(report.copied()).containsExactly(latest.id(), older.id());
        PruneRequest prune = PruneRequest.retain(RetentionPolicy.keepLast(1));
        assertThat(repository(target, null).prune(prune).retired()).containsExactly(older.id());
        now = now.plus(Duration.ofDays(3));
        assertThat(repository(target, null).prune(prune).removed()).containsExactly(older.id());
        assertRestores(target, latest.id(), keys, TestDatabase.dump(database));
        assertThat(repository(target, keys).drill().isSound()).isTrue();
    }

    /** Moves, swaps, truncates, replays and flips parts of two snapshots of two databases. Prints its seed. */
    @Test
    void restore_anyObjectReplacedByAnother_isRejectedOrExact() throws Exception {
        SnapshotInfo older = take(keys);
        Map<?, ?> oldContent = TestDatabase.dump(database);
        change();
        SnapshotInfo latest = take(keys);
        Path otherDatabase = directory.resolve("other.db");
        TestDatabase.run(otherDatabase, "CREATE TABLE t (x)", TestDatabase.fill("t", "x", "randomblob(900)", 2_000));
        InMemorySnapshotStore otherStore = new InMemorySnapshotStore(() -> now);
        SnapshotManager.builder("orders", otherDatabase, otherStore)
                .keys(keys)
                .build()
                .take();
        Map<?, ?> newContent = TestDatabase.dump(database);
        List<byte[]> parts = new java.util.ArrayList<>();
        List<String> names =
                store.list("orders/").stream().map(ObjectInfo::name).toList();
        for (String name : names) {
            parts.add(store.open(name).readAllBytes());
        }
        for (ObjectInfo object : otherStore.list("orders/")) {
            parts.add(otherStore.open(object.name()).readAllBytes());
        }
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int rejected = 0;
        for (int round = 0; round < 60; round++) {
            InMemorySnapshotStore forged = store.copy();
            String victim = names.get(random.nextInt(names.size()));
            forged.damage(victim, forgery(store.open(victim).readAllBytes(), parts, random));
            for (SnapshotInfo info : List.of(older, latest)) {
                Path copy = directory.resolve("copy.db");
                Throwable failure =
                        catchThrowable(() -> repository(forged, keys).restore(RestoreRequest.of(info.id()), copy));
                if (failure == null) {
                    assertThat(TestDatabase.dump(copy))
                            .as("seed %s, round %s", seed, round)
                            .isEqualTo(info.equals(older) ? oldContent : newContent);
                    Files.delete(copy);
                } else {
                    rejected++;
                    assertThat(failure)
                            .as("seed %s, round %s", seed, round)
                            .isInstanceOfAny(CorruptSnapshotException.class, SnapshotKeyException.class);
                }
            }
        }
        assertThat(rejected).as("seed %s", seed).isGreaterThan(40);
    }

    private static byte[] forgery(byte[] original, List<byte[]> parts, Random random) {
        byte[] another = parts.get(random.nextInt(parts.size()));
        byte[] forged = original.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                return another;
            }
            case 1 -> {
                return Arrays.copyOf(original, random.nextInt(original.length));
            }
            case 2 -> {
                int length = 1 + random.nextInt(Math.min(forged.length, another.length));
                int to = random.nextInt(forged.length - length + 1);
                System.arraycopy(another, random.nextInt(another.length - length + 1), forged, to, length);
            }
            default -> forged[random.nextInt(forged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return forged;
    }

    @Test
    void restore_manifestOfAnOlderSnapshotUnderANewName_isRejected() throws Exception {
        SnapshotInfo older = take(keys);
        byte[] replayed = store.open("orders/manifests/" + older.id()).readAllBytes();
        SnapshotId later = SnapshotId.parse("20991231T000000000Z-node-0123456789abcdef");
        store.putIfAbsent("orders/manifests/" + later, ObjectSource.of(replayed));
        assertThatThrownBy(() -> repository(store, keys).restore(RestoreRequest.of(later), directory.resolve("x")))
                .isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    void restore_snapshotBehindTheMap_isRejectedWithKeys() throws Exception {
        InMemoryStreams streams = InMemoryStreams.unlimited("changes-1");
        streams.publish("changes-1", 9);
        Path own = Files.createDirectory(directory.resolve("node"));
        try (Replica replica = new Replica(own, Replica.Kind.FILE, store, streams)) {
            replica.createTables();
            replica.apply("changes-1", 4);
            SnapshotInfo behind = replica.builder().keys(keys).build().take();
            replica.apply("changes-1", 8);
            SnapshotManager manager = replica.builder().keys(keys).build();
            for (RestoreRequest request : List.of(RestoreRequest.latest(), RestoreRequest.of(behind.id()))) {
                assertThatThrownBy(() -> manager.restore(request))
                        .isInstanceOf(SnapshotConfigurationException.class)
                        .hasMessageContaining("behind the sequence map");
            }
            assertThat(replica.rows("changes-1")).hasSize(8);
            SnapshotInfo level = manager.take();
            manager.restore(RestoreRequest.of(level.id()));
            Files.delete(replica.database);
            replica.builder().keys(keys).build().restore(RestoreRequest.of(behind.id()));
            assertThat(replica.rows("changes-1")).hasSize(4);
        }
    }

    @Test
    void keys_ofKeyManagementService_areUsedOncePerSnapshot() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        byte[] secret = new byte[32];
        new Random(1).nextBytes(secret);
        Aead local = new AesGcmJce(secret);
        Aead service = new Aead() {
            @Override
            public byte[] encrypt(byte[] content, byte[] context) throws java.security.GeneralSecurityException {
                calls.incrementAndGet();
                return local.encrypt(content, context);
            }

            @Override
            public byte[] decrypt(byte[] sealed, byte[] context) throws java.security.GeneralSecurityException {
                calls.incrementAndGet();
                return local.decrypt(sealed, context);
            }
        };
        SnapshotKeys remote = SnapshotKeys.of("aws-kms://orders", service);
        SnapshotInfo taken = take(remote);
        assertThat(taken.key()).contains("aws-kms://orders");
        assertThat(calls.get()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            assertThat(repository(store, remote).list().snapshots()).containsExactly(taken);
        }
        assertRestores(store, taken.id(), remote, TestDatabase.dump(database));
        assertThat(calls.get()).isEqualTo(2);
    }

    @Test
    void create_keyFile_isPrivateAndNeverReplaced() throws Exception {
        Path file = directory.resolve("orders.key");
        SnapshotKeys made = SnapshotKeys.create(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        byte[] content = Files.readAllBytes(file);
        assertThatThrownBy(() -> SnapshotKeys.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasBinaryContent(content);
        SnapshotInfo taken = take(made);
        assertRestores(store, taken.id(), SnapshotKeys.read(file), TestDatabase.dump(database));
        assertThat(made).hasToString("keys [" + made.first() + "]");
    }

    @Test
    void read_damagedKeyFile_isRejectedWithoutShowingIt() throws Exception {
        String json = TinkJsonProtoKeysetFormat.serializeKeyset(
                first, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        String secret = json.replaceAll("(?s).*\"value\":\\s*\"([^\"]+)\".*", "$1");
        assertThat(secret).hasSizeGreaterThan(40);
        for (String wrong : List.of("", "{}", json.substring(0, json.length() - 2), json.replace("AesGcm", "Some"))) {
            Path file = Files.writeString(directory.resolve("wrong.key"), wrong);
            Throwable failure = catchThrowable(() -> SnapshotKeys.read(file));
            assertThat(failure)
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("wrong.key");
            for (Throwable at = failure; at != null; at = at.getCause()) {
                assertThat(String.valueOf(at)).doesNotContain(secret.substring(0, 20));
            }
        }
        assertThatThrownBy(() -> SnapshotKeys.read(directory.resolve("none"))).isInstanceOf(IOException.class);
    }

    @Test
    void exceptions_ofWrongKeys_showNoSecret() throws Exception {
        SnapshotInfo taken = take(keys);
        SnapshotKeys other = SnapshotKeys.of(TestKeys.keyset());
        SnapshotException failure = (SnapshotException)
                catchThrowable(() -> repository(store, other).verify(taken.id(), VerifyDepth.MANIFEST));
        assertThat(failure.snapshot()).contains(taken.id());
        assertThat(failure).hasMessageContaining(keys.first()).hasMessageContaining(other.first());
    }
}
