package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.node.NodeTakes;
import io.harmonylite.snapshot.internal.observation.Finding;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.take.TakeResult;
import io.harmonylite.snapshot.internal.watch.DrillDuty;
import io.harmonylite.snapshot.internal.watch.Duty;
import io.harmonylite.snapshot.internal.watch.LoopSettings;
import io.harmonylite.snapshot.internal.watch.Observer;
import io.harmonylite.snapshot.internal.watch.StoreTime;
import io.harmonylite.snapshot.internal.watch.TakeDuty;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.internal.watch.WatchResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What the loop does with a manager. */
final class ManagerDuties implements Watching.Duties {

    private final ManagerParts parts;
    private final ManagerUpkeep upkeep;
    private final WatchOptions options;
    private final Duration grace;

    private ManagerDuties(ManagerOptions options, ManagerParts parts, ManagerUpkeep upkeep) {
        this.parts = parts;
        this.upkeep = upkeep;
        this.options = options.watch;
        this.grace = options.grace;
    }

    /** The loop of a manager, not begun. */
    static Watching watching(ManagerOptions options, ManagerParts parts, ManagerUpkeep upkeep) {
        WatchOptions watch = options.watch;
        Executor executor = options.executor();
        Services services = parts.services();
        return new Watching(
                options.trigger,
                watch,
                scheduler ->
                        new LoopSettings(scheduler, executor, services.clock(), services.random(), watch.listener()),
                new ManagerDuties(options, parts, upkeep));
    }

    @Override
    public TakeDuty take(Trigger trigger) {
        LiveNode node = parts.node();
        NodeTakes takes = parts.takes();
        return new TakeDuty(
                trigger,
                new Observer(parts.services(), parts.catalog(), parts.recoveries(), this::ownPositions),
                take -> node.aloneThoughClosed(path -> takes.leased(take)),
                this::takeUnlessLike,
                options.checkEvery());
    }

    private Positions ownPositions() {
        Positions own = parts.node().positions(parts.node().path());
        return own == null ? Positions.none() : own;
    }

    private TakeResult takeUnlessLike(List<SnapshotInfo> others) {
        return parts.observation()
                .run(
                        Operation.TAKE,
                        () -> parts.takes().unlessLike(parts.node().path(), others),
                        result -> Finding.of(result.snapshot().id(), result.storedBytes()));
    }

    @Override
    public @Nullable Duty prune() {
        return upkeep.prunes() ? occasion -> pruned() : null;
    }

    private WatchResult pruned() {
        upkeep.prune();
        return WatchResult.of(WatchOutcome.DONE);
    }

    @Override
    public DrillDuty drill(Duration every) {
        SnapshotRepository repository = parts.repository();
        StoreTime time = new StoreTime(
                new StoreClock(parts.services(), parts.catalog()),
                parts.services().clock());
        return new DrillDuty(every, time, () -> repository.lastProof().map(SnapshotProof::storedAt), repository::prove);
    }

    @Override
    public @Nullable Duty trim() {
        return upkeep.trims() ? occasion -> trimmed() : null;
    }

    private WatchResult trimmed() {
        return WatchResult.of(upkeep.trim().removed() > 0 ? WatchOutcome.DONE : WatchOutcome.NOT_DUE);
    }

    @Override
    public Duration takeDeadline() {
        return options.takeDeadline().orElse(grace.dividedBy(2));
    }
}
