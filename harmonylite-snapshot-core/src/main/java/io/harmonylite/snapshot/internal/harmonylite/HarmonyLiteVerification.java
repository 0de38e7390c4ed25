package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteVerifyReport;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Fetches a HarmonyLite snapshot into a scratch directory and verifies it. Changes nothing. */
public final class HarmonyLiteVerification {

    private static final String SCRATCH = "harmonylite-verify-";

    private final Services services;
    private final Path scratchParent;

    public HarmonyLiteVerification(Services services, Path scratchParent) {
        this.services = services;
        this.scratchParent = scratchParent;
    }

    /** Verifies the snapshot. Damage is part of the report; all other failures are thrown. */
    public HarmonyLiteVerifyReport run(HarmonyLiteSnapshotSource source) {
        long start = System.nanoTime();
        Stages stages = services.stages();
        try (ScratchDirectory scratch = services.scratch().open(scratchParent, SCRATCH)) {
            HarmonyLiteImage image = stages.run(
                    Stage.FETCH, () -> new HarmonyLiteFetch(services, source).into(scratch.resolve("snapshot.db")));
            Optional<SnapshotException> problem = problem(image);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            return new HarmonyLiteVerifyReport(image.snapshot(), problem, elapsed);
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    private Optional<SnapshotException> problem(HarmonyLiteImage image) {
        try {
            services.stages().run(Stage.VERIFY, () -> image.checkSound(services, image.checkTag()));
            return Optional.empty();
        } catch (CorruptSnapshotException e) {
            return Optional.of(e);
        }
    }
}
