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
 * Micrometer meters of one manager or repository. Pass it to the builder as a listener, and bind it to any number of
 * registries. Every meter has the tag {@code name} and the tags listed here.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code harmonylite.snapshot.operation}</td><td>timer of every operation; tags {@code operation}, {@code
 *     outcome} ({@code done}, {@code failed}, or {@code unchanged} for a take of the loop that stored nothing), {@code
 *     exception} (simple name, or {@code none})</td></tr>
 * <tr><td>{@code harmonylite.snapshot.operation.size}</td><td>bytes that a successful operation stored, fetched or
 *     freed; tag {@code operation}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.operation.referenced}, {@code harmonylite.snapshot.operation.reused}</td><td>bytes
 *     of earlier takes that the snapshot of a take needs too, and bytes of the image that a restore took from the
 *     replaced database; tag {@code operation}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.operation.image}</td><td>size of the image of a take or a restore; tag {@code
 *     operation}. These meters of bytes leave out unchanged takes</td></tr>
 * <tr><td>{@code harmonylite.snapshot.stage}</td><td>timer of every stage; tag {@code stage}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.health}</td><td>1 for the current state, 0 for the others; tag {@code
 *     state}</td></tr>
 * <tr><td>{@code harmonylite.snapshot.newest.age}, {@code harmonylite.snapshot.proof.age}</td><td>time since the newest
 *     snapshot was stored, and since the last proof was stored</td></tr>
 * <tr><td>{@code harmonylite.snapshot.count}, {@code harmonylite.snapshot.size}</td><td>snapshots in use, and the bytes
 *     that their takes stored</td></tr>
 * <tr><td>{@code harmonylite.snapshot.stream.lag}, {@code harmonylite.snapshot.stream.headroom}</td><td>messages still
 *     to be applied, and the share of retention left, from 0 to 1; tag {@code stream}</td></tr>
 * </table>
 *
 * <p>The last four rows show the health that was last passed to {@link #accept}, because reading a meter must not wait
 * for a store. They are not a number (NaN) before the first one, and if the value is unknown.
 *
 * <p>Thread-safe. Keeps references to the registries that it was bound to; closes nothing.
 */
@SuppressWarnings("exports") // A caller that has a registry already depends on Micrometer.
public final class SnapshotMetrics implements SnapshotListener, MeterBinder, Consumer<SnapshotHealth> {

    private final String name;
    private final List<RegistryMeters> registries = new CopyOnWriteArrayList<>();

    private SnapshotMetrics(String name) {
        this.name = name;
    }

    /**
     * Returns meters that are not bound to a registry yet.
     *
     * @param name name of the database's snapshots in the store: value of the tag {@code name}
     */
    public static SnapshotMetrics of(String name) {
        return new SnapshotMetrics(Objects.requireNonNull(name, "name"));
    }

    /** Adds the meters to a registry. */
    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(new RegistryMeters(registry, name));
    }

    /** Shows a health, for example {@code SnapshotManager.health()}, until the next one is passed. */
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
