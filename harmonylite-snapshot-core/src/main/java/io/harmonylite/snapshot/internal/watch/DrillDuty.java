package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.watch.Occasion;
import io.harmonylite.snapshot.watch.WatchOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Proves the newest snapshot if the last proof is too old. Used by one thread at a time. */
public final class DrillDuty implements Duty {

    private static final Duration LONGEST_PERIOD = Duration.ofHours(1);

    private final Duration every;
    private final StoreTime time;
    private final BooleanSupplier anySnapshot;
    private final Supplier<Optional<Instant>> lastProof;
    private final Supplier<VerifyReport> prove;

    /** Creates a duty that is due if the last proof by any node is older than {@code every}. */
    public DrillDuty(
            Duration every,
            StoreTime time,
            BooleanSupplier anySnapshot,
            Supplier<Optional<Instant>> lastProof,
            Supplier<VerifyReport> prove) {
        this.every = every;
        this.time = time;
        this.anySnapshot = anySnapshot;
        this.lastProof = lastProof;
        this.prove = prove;
    }

    /** Returns the interval between checks whether a drill is due. */
    public Duration period() {
        return every.compareTo(LONGEST_PERIOD) < 0 ? every : LONGEST_PERIOD;
    }

    @Override
    public WatchResult run(Occasion occasion) {
        Optional<Duration> age = lastProof.get().map(proof -> Duration.between(proof, time.now()));
        boolean isDue = age.map(present -> present.compareTo(every) >= 0).orElseGet(anySnapshot::getAsBoolean);
        if (!isDue) {
            return WatchResult.of(WatchOutcome.NOT_DUE);
        }
        try {
            Optional<SnapshotException> problem = prove.get().problem();
            return problem.<WatchResult>map(WatchResult::failed).orElseGet(() -> WatchResult.of(WatchOutcome.DONE));
        } catch (SnapshotNotFoundException e) {
            return WatchResult.of(WatchOutcome.NOT_DUE); // The last snapshot was retired at this moment.
        }
    }
}
