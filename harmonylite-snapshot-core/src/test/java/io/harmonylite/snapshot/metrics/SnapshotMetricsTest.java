package io.harmonylite.snapshot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.ManualScheduler;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.health.HealthFacts;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.watch.Headroom;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotMetricsTest {

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SnapshotMetrics metrics = SnapshotMetrics.of("orders");

    private SnapshotManager manager() throws Exception {
        metrics.bindTo(registry);
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        return SnapshotManager.builder("orders", database, store)
                .listener(metrics)
                .clock(() -> now)
                .build();
    }

    private double gauge(String name, String... tags) {
        return registry.get("harmonylite.snapshot." + name).tags(tags).gauge().value();
    }

    @Test
    void operations_doneAndFailed_areTimedAndMeasured() throws Exception {
        SnapshotManager manager = manager();
        SnapshotInfo taken = manager.take();
        manager.take();
        assertThat(registry.get("harmonylite.snapshot.operation")
                        .tags("name", "orders", "operation", "take", "outcome", "done", "exception", "none")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("harmonylite.snapshot.operation.size")
                        .tags("operation", "take")
                        .summary()
                        .totalAmount())
                .isEqualTo((double) taken.storedBytes());
        assertThat(registry.get("harmonylite.snapshot.operation.referenced")
                        .tags("operation", "take")
                        .summary()
                        .totalAmount())
                .isEqualTo((double) taken.storedBytes());
        assertThat(registry.get("harmonylite.snapshot.operation.image")
                        .tags("operation", "take")
                        .summary()
                        .totalAmount())
                .isEqualTo(2.0 * taken.image().bytes());
        assertThat(registry.get("harmonylite.snapshot.stage")
                        .tags("stage", "seal", "name", "orders")
                        .timer()
                        .count())
                .isEqualTo(2);
        RestoreReport report = manager.restore(RestoreRequest.latest());
        assertThat(registry.get("harmonylite.snapshot.operation.size")
                        .tags("operation", "restore")
                        .summary()
                        .totalAmount())
                .isEqualTo((double) report.bytesFetched());
        assertThat(registry.get("harmonylite.snapshot.operation.reused")
                        .tags("operation", "restore")
                        .summary()
                        .totalAmount())
                .isEqualTo((double) report.bytesReused())
                .isPositive();
        store.damage("orders/packs/" + taken.id() + "-000000", new byte[1]);
        Files.delete(directory.resolve("orders.db"));
        assertThatThrownBy(() -> manager.restore(RestoreRequest.of(taken.id())))
                .isInstanceOf(CorruptSnapshotException.class);
        assertThat(registry.get("harmonylite.snapshot.operation")
                        .tags("operation", "restore", "outcome", "failed", "exception", "CorruptSnapshotException")
                        .timer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void loop_nothingChanged_isCountedApartAndNotMeasured() throws Exception {
        metrics.bindTo(registry);
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        ManualScheduler scheduler = new ManualScheduler();
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, new InMemorySnapshotStore(scheduler))
                .listener(metrics)
                .trigger(Trigger.every(Duration.ofHours(1)))
                .clock(scheduler)
                .executor(Runnable::run)
                .watchOptions(WatchOptions.defaults().jitter(0).noDrills())
                .build()) {
            manager.start(scheduler);
            scheduler.advance(Duration.ofHours(2).plusMinutes(2));
        }
        assertThat(takes("done")).isEqualTo(1);
        assertThat(takes("unchanged")).isEqualTo(2);
        for (String meter : List.of("operation.size", "operation.referenced", "operation.image")) {
            assertThat(registry.get("harmonylite.snapshot." + meter).summary().count())
                    .as(meter)
                    .isEqualTo(1);
        }
    }

    private long takes(String outcome) {
        return registry.get("harmonylite.snapshot.operation")
                .tags("operation", "take", "outcome", outcome)
                .timer()
                .count();
    }

    @Test
    void accept_health_setsGauges() throws Exception {
        SnapshotManager manager = manager();
        assertThat(gauge("newest.age")).isNaN();
        assertThat(gauge("health", "state", "ok")).isNaN();
        SnapshotInfo taken = manager.take();
        now = now.plusSeconds(90);
        metrics.accept(manager.health());
        assertThat(gauge("health", "state", "ok")).isEqualTo(1);
        assertThat(gauge("health", "state", "stale")).isZero();
        assertThat(gauge("newest.age")).isEqualTo(90);
        assertThat(gauge("proof.age")).isNaN();
        assertThat(gauge("count")).isEqualTo(1);
        assertThat(gauge("size")).isEqualTo((double) taken.storedBytes());
        manager.drill();
        now = now.plusSeconds(30);
        metrics.accept(manager.health());
        assertThat(gauge("health", "state", "ok")).isEqualTo(1);
        assertThat(gauge("proof.age")).isEqualTo(30);
    }

    private SnapshotHealth health(StreamHealth... streams) {
        HealthFacts facts = new HealthFacts(
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(streams),
                new TreeMap<>(),
                List.of(),
                List.of());
        return SnapshotHealth.of(facts, HealthPolicy.defaults());
    }

    @Test
    void accept_healthWithoutAStream_removesItsGauges() {
        metrics.bindTo(registry);
        Headroom half = new Headroom(0.5, Optional.empty());
        metrics.accept(health(new StreamHealth("a", 1, 9, 5, 4, half), new StreamHealth("b", 1, 9, 5, 2, half)));
        assertThat(gauge("stream.lag", "stream", "a")).isEqualTo(4);
        assertThat(gauge("stream.headroom", "stream", "b")).isEqualTo(0.5);
        metrics.accept(health(new StreamHealth("a", 1, 9, 5, 3, half)));
        assertThat(gauge("stream.lag", "stream", "a")).isEqualTo(3);
        assertThat(registry.find("harmonylite.snapshot.stream.lag").gauges()).hasSize(1);
    }

    @Test
    void meters_all_haveNameTagDescriptionAndBaseUnit() throws Exception {
        manager().take();
        assertThat(registry.getMeters())
                .isNotEmpty()
                .allMatch(meter -> "orders".equals(meter.getId().getTag("name")))
                .allMatch(meter -> meter.getId().getName().matches("harmonylite\\.snapshot\\.[a-z.]+"))
                .allMatch(meter -> meter.getId().getDescription() != null);
        assertThat(unit("size")).isEqualTo("bytes");
        assertThat(unit("operation.size")).isEqualTo("bytes");
        assertThat(unit("newest.age")).isEqualTo("seconds");
    }

    private String unit(String name) {
        Meter meter = registry.get("harmonylite.snapshot." + name).meter();
        return meter.getId().getBaseUnit();
    }

    @Test
    void bindTo_twoRegistries_updatesBoth() throws Exception {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        metrics.bindTo(other);
        manager().take();
        assertThat(other.get("harmonylite.snapshot.operation").timer().count()).isEqualTo(1);
        assertThat(registry.get("harmonylite.snapshot.operation").timer().count())
                .isEqualTo(1);
    }
}
