package io.harmonylite.snapshot.metrics;

import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters in one registry. Thread-safe. */
final class RegistryMeters {

    private static final String PREFIX = "harmonylite.snapshot.";
    private static final double MILLIS = 1e3;

    private final MeterRegistry registry;
    private final Tags tags;
    private final MultiGauge lag;
    private final MultiGauge headroom;
    private volatile @Nullable SnapshotHealth health;

    RegistryMeters(MeterRegistry registry, String name) {
        this.registry = registry;
        this.tags = Tags.of("name", name);
        this.lag = MultiGauge.builder(PREFIX + "stream.lag")
                .description("Messages of a stream that this node has still to apply")
                .baseUnit("messages")
                .tags(tags)
                .register(registry);
        this.headroom = MultiGauge.builder(PREFIX + "stream.headroom")
                .description(
                        "Share of a stream's retention left before it drops messages that the newest snapshot lacks")
                .tags(tags)
                .register(registry);
        for (HealthState state : HealthState.values()) {
            gauge("health", "1 if this is the current state, 0 otherwise", seen -> seen.state() == state ? 1 : 0)
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge("count", "Snapshots in use", seen -> seen.facts().snapshots()).register(registry);
        gauge(
                        "size",
                        "Bytes that snapshots in use occupy in the store",
                        seen -> seen.facts().bytesStored())
                .baseUnit("bytes")
                .register(registry);
        age("newest.age", "Time since the newest snapshot was stored", SnapshotHealth::newestAge);
        age("proof.age", "Time since the last proof was stored", SnapshotHealth::proofAge);
    }

    private Gauge.Builder<RegistryMeters> gauge(
            String meter, String description, ToDoubleFunction<SnapshotHealth> value) {
        return Gauge.builder(PREFIX + meter, this, meters -> meters.shown(value))
                .description(description)
                .tags(tags)
                .strongReference(true);
    }

    private void age(String meter, String description, Function<SnapshotHealth, Optional<Duration>> age) {
        TimeGauge.builder(
                        PREFIX + meter,
                        this,
                        TimeUnit.SECONDS,
                        meters -> meters.shown(seen -> age.apply(seen)
                                .map(value -> value.toMillis() / MILLIS)
                                .orElse(Double.NaN)))
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private double shown(ToDoubleFunction<SnapshotHealth> value) {
        SnapshotHealth seen = health;
        return seen == null ? Double.NaN : value.applyAsDouble(seen);
    }

    void show(SnapshotHealth seen) {
        health = seen;
        rows(lag, seen, StreamHealth::lag);
        rows(headroom, seen, stream -> stream.headroom().share());
    }

    private static void rows(MultiGauge gauge, SnapshotHealth seen, Function<StreamHealth, Number> value) {
        gauge.register(
                seen.facts().streams().stream()
                        .<MultiGauge.Row<?>>map(
                                stream -> MultiGauge.Row.of(Tags.of("stream", stream.stream()), value.apply(stream)))
                        .toList(),
                true);
    }

    void count(Stage stage, Duration elapsed) {
        Timer.builder(PREFIX + "stage")
                .description("Duration of the stages of operations")
                .tags(tags)
                .tag("stage", stage.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(elapsed);
    }

    void count(OperationOutcome outcome) {
        String operation = outcome.operation().label();
        Timer.builder(PREFIX + "operation")
                .description("Duration of operations")
                .tags(tags)
                .tag("operation", operation)
                .tag("outcome", outcome.result())
                .tag(
                        "exception",
                        outcome.failure()
                                .map(failure -> failure.getClass().getSimpleName())
                                .orElse("none"))
                .register(registry)
                .record(outcome.elapsed());
        if (outcome.isUnchanged()) {
            return; // Its bytes are those of the take that stored the snapshot.
        }
        if (outcome.isDone()) {
            record("operation.size", "Bytes that an operation stored, fetched or freed", operation, outcome.bytes());
        }
        if (outcome.imageBytes() > 0) {
            if (outcome.operation() == Operation.TAKE) {
                String referenced = "Bytes of earlier takes that the snapshot of a take needs too";
                record("operation.referenced", referenced, operation, outcome.referencedBytes());
            } else {
                String reused = "Bytes of the image that a restore took from the replaced database";
                record("operation.reused", reused, operation, outcome.reusedBytes());
            }
            record("operation.image", "Size of the image of a take or a restore", operation, outcome.imageBytes());
        }
    }

    private void record(String meter, String description, String operation, long bytes) {
        DistributionSummary.builder(PREFIX + meter)
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .tag("operation", operation)
                .register(registry)
                .record((double) bytes);
    }
}
