package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that damage in the store is detected at the depth that promises it, and is never installed. */
class DamageTest {

    @TempDir
    static Path shared;

    private static final InMemorySnapshotStore UNDAMAGED = new InMemorySnapshotStore();
    private static Map<String, List<String>> contentAtTake;
    private static SnapshotInfo taken;
    private static byte[] current;

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = UNDAMAGED.copy();
    private Path database;

    /**
     * Takes a snapshot of two packs. The first contains free pages, and the second all rows. Then changes the database.
     */
    @BeforeAll
    static void takeAndChange() throws Exception {
        Path original = shared.resolve("orders.db");
        TestDatabase.run(original, "CREATE TABLE large (x)", TestDatabase.fill("large", "x", "zeroblob(4000)", 4_200));
        TestDatabase.create(original);
        TestDatabase.run(original, "DELETE FROM large");
        contentAtTake = TestDatabase.dump(original);
        taken = SnapshotManager.builder("orders", original, UNDAMAGED)
                .compaction(Compaction.NEVER)
                .parallelism(1) // Numbers the packs in the order of the image.
                .build()
                .take(Positions.of("changes-1", StreamPosition.at(42)));
        TestDatabase.run(original, "DELETE FROM person", "INSERT INTO bare VALUES ('after the take')");
        TestDatabase.run(original, "VACUUM");
        current = Files.readAllBytes(original);
    }

    @BeforeEach
    void writeDatabase() throws IOException {
        database = Files.write(directory.resolve("orders.db"), current);
    }

    private SnapshotManager manager() {
        return SnapshotManager.builder("orders", database, store).build();
    }

    private String manifest() {
        return "orders/manifests/" + taken.id();
    }

    private String pack(int number) {
        return "orders/packs/" + taken.id() + "-00000" + number;
    }

    private byte[] bytes(String object) throws IOException {
        try (InputStream in = store.open(object)) {
            return in.readAllBytes();
        }
    }

    private void assertDetected(VerifyDepth depth, String what) {
        VerifyReport report = manager().verify(taken.id(), depth);
        assertThat(report.isSound()).as(what).isFalse();
        assertThat(report.problem().orElseThrow())
                .as(what)
                .isInstanceOf(CorruptSnapshotException.class)
                .extracting(SnapshotException::snapshot)
                .isEqualTo(Optional.of(taken.id()));
    }

    private void assertNotInstalled(String what) throws Exception {
        assertThatThrownBy(() -> manager().restore(RestoreRequest.of(taken.id())))
                .as(what)
                .isInstanceOf(CorruptSnapshotException.class)
                .satisfies(e -> assertThat(((SnapshotException) e).snapshot()).contains(taken.id()));
        assertThat(Files.readAllBytes(database)).as(what).isEqualTo(current);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).as(what).containsExactly(database);
        }
    }

    private void flip(String object, byte[] right, int bit) throws IOException {
        byte[] flipped = right.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        store.damage(object, flipped);
    }

    @Test
    void verify_undamaged_isSoundAtEveryDepth() throws Exception {
        assertThat(store.list("orders/packs/")).hasSize(2);
        for (VerifyDepth depth : VerifyDepth.values()) {
            assertThat(manager().verify(taken.id(), depth).isSound()).isTrue();
        }
        manager().restore(RestoreRequest.of(taken.id()));
        assertThat(TestDatabase.dump(database)).isEqualTo(contentAtTake);
    }

    /** Flips one bit of each byte. {@code ManifestCodecTest} flips each bit. */
    @Test
    void verify_anyByteOfTheManifestChanged_isDetectedAtManifestDepth() throws Exception {
        byte[] right = bytes(manifest());
        SnapshotManager manager = manager();
        for (int at = 0; at < right.length; at++) {
            flip(manifest(), right, 8 * at + at % 8);
            assertThat(manager.verify(taken.id(), VerifyDepth.MANIFEST).isSound())
                    .as("byte %s", at)
                    .isFalse();
        }
        assertDetected(VerifyDepth.REBUILD, "the last byte");
    }

    @Test
    void restore_anyByteOfTheManifestChanged_installsNothing() throws Exception {
        byte[] right = bytes(manifest());
        for (int at = 0; at < right.length; at += 29) {
            flip(manifest(), right, 8 * at + at % 8);
            assertNotInstalled("byte " + at);
        }
    }

    @Test
    void verify_anyBitOfAPackFlipped_isDetectedInTheStoredBytes() throws Exception {
        for (int number = 0; number < 2; number++) {
            byte[] right = bytes(pack(number));
            int step = 8 * right.length / 20 + 1;
            for (int bit = number; bit < 8 * right.length; bit += step) {
                flip(pack(number), right, bit);
                assertDetected(VerifyDepth.STORED_BYTES, "pack " + number + " bit " + bit);
                assertThat(manager().verify(taken.id(), VerifyDepth.MANIFEST).isSound())
                        .isTrue();
            }
            assertDetected(VerifyDepth.REBUILD, "pack " + number);
            store.damage(pack(number), right);
        }
    }

    @Test
    void restore_anyBitOfAPackFlipped_installsNothing() throws Exception {
        for (int number = 0; number < 2; number++) {
            byte[] right = bytes(pack(number));
            int step = 8 * right.length / 9 + 1;
            for (int bit = number; bit < 8 * right.length; bit += step) {
                flip(pack(number), right, bit);
                assertNotInstalled("pack " + number + " bit " + bit);
            }
            store.damage(pack(number), right);
        }
    }

    /** Damage of whole objects, and the first depth that detects it. */
    private enum Damage {
        PACK_MISSING(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) {
                test.store.delete(test.pack(1));
            }
        },
        PACK_CUT_OFF(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                byte[] right = test.bytes(test.pack(1));
                test.store.damage(test.pack(1), Arrays.copyOf(right, right.length - 1));
            }
        },
        PACK_EMPTY(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                test.store.damage(test.pack(0), new byte[0]);
            }
        },
        PACK_ZEROED(VerifyDepth.STORED_BYTES) {
            @Override
            void apply(DamageTest test) throws IOException {
                test.store.damage(test.pack(0), new byte[test.bytes(test.pack(0)).length]);
            }
        },
        PACKS_SWAPPED(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                byte[] one = test.bytes(test.pack(0));
                test.store.damage(test.pack(0), test.bytes(test.pack(1)));
                test.store.damage(test.pack(1), one);
            }
        },
        PACK_OF_ANOTHER_TAKE(VerifyDepth.STORED_BYTES) {
            @Override
            void apply(DamageTest test) throws IOException {
                SnapshotInfo other = test.manager().take();
                byte[] of = test.bytes("orders/packs/" + other.id() + "-000000");
                test.store.damage(test.pack(0), Arrays.copyOf(of, test.bytes(test.pack(0)).length));
            }
        },
        MANIFEST_OF_ANOTHER_ID(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                SnapshotInfo other = test.manager().take();
                test.store.damage(test.manifest(), test.bytes("orders/manifests/" + other.id()));
            }
        },
        MANIFEST_OF_ANOTHER_NAME(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                SnapshotInfo other = SnapshotManager.builder("others", test.database, test.store)
                        .build()
                        .take();
                byte[] of = test.bytes("others/manifests/" + other.id());
                test.store.damage(test.manifest(), of);
            }
        },
        MANIFEST_CUT_OFF(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                byte[] right = test.bytes(test.manifest());
                test.store.damage(test.manifest(), Arrays.copyOf(right, right.length - 32));
            }
        },
        MANIFEST_EMPTY(VerifyDepth.MANIFEST) {
            @Override
            void apply(DamageTest test) throws IOException {
                test.store.damage(test.manifest(), new byte[0]);
            }
        };

        private final VerifyDepth detectedAt;

        Damage(VerifyDepth detectedAt) {
            this.detectedAt = detectedAt;
        }

        abstract void apply(DamageTest test) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void d10_anyDamage_isDetectedAtItsDepthAndNotInstalled(Damage damage) throws Exception {
        damage.apply(this);
        for (VerifyDepth depth : VerifyDepth.values()) {
            if (depth.compareTo(damage.detectedAt) >= 0) {
                assertDetected(depth, depth.toString());
            } else {
                assertThat(manager().verify(taken.id(), depth).isSound()).isTrue();
            }
        }
        assertNotInstalled(damage.toString());
    }

    @Test
    void verify_packWithTrailingBytes_isDetectedAndRestoreSucceeds() throws Exception {
        byte[] right = bytes(pack(0));
        store.damage(pack(0), Arrays.copyOf(right, right.length + 1));
        for (VerifyDepth depth : VerifyDepth.values()) {
            assertDetected(depth, depth.toString());
        }
        manager().restore(RestoreRequest.of(taken.id()));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM person")).isEqualTo("600");
    }

    @Test
    void verify_missingManifestOrRetired_isNotFoundRatherThanDamaged() throws Exception {
        store.putIfAbsent("orders/retired/" + taken.id(), ObjectSource.of(new byte[0]));
        assertThatThrownBy(() -> manager().verify(taken.id(), VerifyDepth.MANIFEST))
                .isInstanceOf(SnapshotNotFoundException.class);
        store.delete("orders/retired/" + taken.id());
        store.delete(manifest());
        assertThatThrownBy(() -> manager().verify(taken.id(), VerifyDepth.MANIFEST))
                .isInstanceOf(SnapshotNotFoundException.class);
    }
}
