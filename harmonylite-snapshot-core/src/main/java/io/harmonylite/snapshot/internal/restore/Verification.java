package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Verifies snapshots to a requested depth. Changes nothing in the store, except that it marks damaged packs. */
public final class Verification {

    private static final CheckRecord NOT_CHECKED = new CheckRecord("", "", List.of(), List.of());
    private static final String SCRATCH = "harmonylite-verify-";

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Path scratchParent;

    /**
     * Creates a verification for the snapshots in a catalog's store.
     *
     * @param scratchParent parent of the scratch directories in which images are rebuilt
     */
    public Verification(Services services, SnapshotCatalog catalog, Path scratchParent) {
        this.services = services;
        this.catalog = catalog;
        this.scratchParent = scratchParent;
    }

    /** Verifies one snapshot. Damage is part of the report; all other failures are thrown. */
    public VerifyReport run(SnapshotId id, VerifyDepth depth) {
        long start = System.nanoTime();
        Damage damage = new Damage();
        Optional<SnapshotException> problem = Optional.empty();
        CheckRecord check = NOT_CHECKED;
        try {
            check = verify(id, depth, damage);
        } catch (CorruptSnapshotException e) {
            problem = Optional.of(catalog.damagedOrGone(id, e));
        } catch (UnsupportedFormatException e) {
            ExceptionAccess.setSnapshot(e, id);
            problem = Optional.of(e);
        }
        problem.filter(SnapshotNotFoundException.class::isInstance).ifPresent(gone -> {
            throw gone;
        });
        SortedSet<SnapshotId> affected =
                problem.isEmpty() ? new TreeSet<>() : new DamagedPacks(catalog).record(id, damage.packs());
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new VerifyReport(id, depth, problem, check.unchecked(), check.violations(), affected, elapsed);
    }

    private CheckRecord verify(SnapshotId id, VerifyDepth depth, Damage damage) {
        Manifest manifest = services.stages().run(Stage.SELECT, () -> {
            Manifest read = catalog.read(id);
            catalog.requirePacks(read);
            return read;
        });
        Fetch fetch = new Fetch(services, catalog);
        if (depth == VerifyDepth.REBUILD) {
            return rebuild(manifest, fetch, damage);
        }
        if (depth == VerifyDepth.STORED_BYTES) {
            services.stages().run(Stage.FETCH, () -> {
                fetch.toNowhere(manifest, damage);
                fetch.checkTables(manifest);
            });
        }
        return NOT_CHECKED;
    }

    private CheckRecord rebuild(Manifest manifest, Fetch fetch, Damage damage) {
        try (ScratchDirectory scratch = services.scratch().open(scratchParent, SCRATCH)) {
            Path file = scratch.resolve("rebuilt.db");
            services.stages().run(Stage.FETCH, () -> {
                fetch.checked(manifest, file, damage);
                fetch.checkTables(manifest);
            });
            PrivateImage image = new PrivateImage(file, services.connector().untrusting());
            return services.stages()
                    .run(Stage.VERIFY, () -> new ImageVerify(image, manifest).check(SoundnessCheck.FULL));
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }
}
