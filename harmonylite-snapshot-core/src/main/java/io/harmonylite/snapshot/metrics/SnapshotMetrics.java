package io.harmonylite.snapshot.metrics;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Meters of one manager or repository: given to its builder as a listener, and bound to any number of registries. Every meter
 * has the tag {@code name}, and those named here.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code harmonylite.snapshot.operation}</td><td>timer of every operation; tags {@code operation}, {@code outcome}
 *     ({@code done} or {@code failed}), {@code exception} (simple name, or {@code none})</td></tr>
 * <tr><td>{@code harmonylite.snapshot.operation.size}</td><td>bytes that were stored, fetched or freed by one; tag
 *     {@code operation}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.stage}</td><td>timer of every stage; tag {@code stage}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.health}</td><td>1 for the state it is in, 0 for the others; tag {@code state}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.newest.age}, {@code harmonylite.snapshot.proof.age}</td><td>time since the newest
 *     snapshot was stored, and since one was proven to be restorable at last</td></tr>
 * <tr><td>{@code harmonylite.snapshot.count}, {@code harmonylite.snapshot.size}</td><td>snapshots in use, and the bytes they
 *     occupy in the store</td></tr>
 * <tr><td>{@code harmonylite.snapshot.stream.lag}, {@code harmonylite.snapshot.stream.headroom}</td><td>messages still to be
 *     applied, and the share of retention left, from 0 to 1; tag {@code stream}</td></tr>
 * </table>
 *
 * <p>The last four rows are of the health that {@link #accept} was given last, not a number before the first one: a meter that
 * is read must not wait for a store. What is not known is not a number.
 *
 * <p>Thread-safe. Holds the registries it was bound to; closes nothing.
 */
@SuppressWarnings("exports") // Whoever binds it to a registry has Micrometer already, and requires it.
public final class SnapshotMetrics implements SnapshotListener, MeterBinder, Consumer<SnapshotHealth> {

    private final String name;
    private final List<RegistryMeters> registries = new CopyOnWriteArrayList<>();

    private SnapshotMetrics(String name) {
        this.name = name;
    }

    /**
     * Meters that are bound to no registry yet.
     *
     * @param name what the database's snapshots are called: the tag {@code name}
     */
    public static SnapshotMetrics of(String name) {
        return new SnapshotMetrics(Objects.requireNonNull(name, "name"));
    }

    /** Adds the meters to a registry. */
    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(new RegistryMeters(registry, name));
    }

    /** Shows a health, {@code SnapshotManager.health()} for instance, until the next one. */
    @Override
    public void accept(SnapshotHealth health) {
        registries.forEach(meters -> meters.show(health));
    }

    @Override
    public void stageEnded(Stage stage, Duration elapsed) {
        registries.forEach(meters -> meters.count(stage, elapsed));
    }

    @Override
    public void ended(OperationOutcome outcome) {
        registries.forEach(meters -> meters.count(outcome));
    }
}
