package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.harmonylite.snapshot.CopyReport;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteVerifyReport;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.trim.TrimReport;
import io.harmonylite.snapshot.watch.WatchReport;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that Jackson writes reports as they are, with its modules for {@code java.time} and {@code Optional}. */
class ReportsAsJsonTest {

    private static final Set<Class<?>> LEAVES = Set.of(
            boolean.class,
            int.class,
            long.class,
            double.class,
            Long.class,
            String.class,
            Instant.class,
            Duration.class,
            OptionalLong.class,
            Path.class,
            SnapshotId.class,
            Positions.class);

    private final ObjectMapper json = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .build();

    @TempDir
    Path directory;

    @Test
    void reports_ofRealOperations_areWritten() throws Exception {
        Path database = directory.resolve("orders.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
        }
        Path backups = directory.resolve("backups");
        List<OperationOutcome> outcomes = new ArrayList<>();
        try (SnapshotStore store = FileSystemSnapshotStore.create(backups);
                SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                        .retention(RetentionPolicy.keepLast(1))
                        .listener(new SnapshotListener() {
                            @Override
                            public void ended(OperationOutcome outcome) {
                                outcomes.add(outcome);
                            }
                        })
                        .build()) {
            SnapshotInfo first = manager.take(Positions.of("orders", StreamPosition.at(7)));
            assertThat(write(first).at("/id").textValue()).isEqualTo(first.id().toString());
            assertThat(write(first).at("/positions/orders/sequence").longValue())
                    .isEqualTo(7);
            assertThat(write(manager.plan()).at("/outcome").textValue()).isEqualTo("UP_TO_DATE");
            assertThat(write(manager.recover()).at("/plan/outcome").textValue()).isEqualTo("UP_TO_DATE");
            SnapshotInfo second = manager.take();
            assertThat(write(manager.drill()).at("/problem").isNull()).isTrue();
            assertThat(write(manager.repository().proofs()).at("/0/snapshot").textValue())
                    .isEqualTo(second.id().toString());
            try (Stream<Path> packs = Files.list(backups.resolve("orders/packs"))) {
                for (Path pack : packs.toList()) {
                    Files.delete(pack);
                }
            }
            VerifyReport damaged = manager.verify(first.id(), VerifyDepth.REBUILD);
            assertThat(write(damaged).at("/problem").toString())
                    .isEqualTo("{\"type\":\"CorruptSnapshotException\",\"message\":"
                            + json.writeValueAsString(
                                    damaged.problem().orElseThrow().getMessage()) + "}");
            assertThat(write(manager.prune())
                            .at("/damaged/" + first.id() + "/type")
                            .textValue())
                    .isEqualTo("CorruptSnapshotException");
            assertThat(write(manager.list()).at("/snapshots")).hasSize(2);
            SnapshotId missing = SnapshotId.of(Instant.EPOCH, "elsewhere", 1);
            assertThatThrownBy(() -> manager.restore(RestoreRequest.of(missing)))
                    .isInstanceOf(SnapshotNotFoundException.class);
            assertThat(write(outcomes.get(outcomes.size() - 1)).at("/failure").fieldNames())
                    .toIterable()
                    .containsExactly("type", "message");
            assertThat(write(manager.health())
                            .at("/facts/failures/0/failure/message")
                            .textValue())
                    .contains(missing.toString());
            assertThat(write(manager.watchStatus()).at("/state").textValue()).isEqualTo("OFF");
        }
    }

    private JsonNode write(Object report) throws Exception {
        return json.readTree(json.writeValueAsString(report));
    }

    /** Checks the components of all reports, and of what they contain: a new type must be written well, too. */
    @Test
    void reports_everyComponent_isAPropertyOfAKnownType() {
        Set<Class<?>> records = new LinkedHashSet<>();
        for (Class<?> root : List.of(
                SnapshotListing.class,
                SnapshotProof.class,
                VerifyReport.class,
                RestoreReport.class,
                PruneReport.class,
                CopyReport.class,
                RecoveryPlan.class,
                RecoveryReport.class,
                HandoverReport.class,
                TrimReport.class,
                SnapshotHealth.class,
                OperationOutcome.class,
                WatchReport.class,
                WatchStatus.class,
                HarmonyLiteRestoreReport.class,
                HarmonyLiteExportReport.class,
                HarmonyLiteVerifyReport.class)) {
            collect(root, records);
        }
        assertThat(records).contains(SnapshotInfo.class, RecoveryPlan.Gap.class).hasSizeGreaterThan(30);
        for (Class<?> record : records) {
            assertThat(properties(record)).as("%s", record).containsAll(components(record));
        }
    }

    private List<String> properties(Class<?> type) {
        BeanDescription description =
                json.getSerializationConfig().introspect(json.getTypeFactory().constructType(type));
        return description.findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .toList();
    }

    private static List<String> components(Class<?> record) {
        return Stream.of(record.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("spool")) // Holds messages for a feed.
                .toList();
    }

    private static void collect(Type type, Set<Class<?>> records) {
        if (type instanceof ParameterizedType generic) {
            assertThat(generic.getRawType().getTypeName()).startsWith("java.util.");
            Stream.of(generic.getActualTypeArguments()).forEach(each -> collect(each, records));
            return;
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isSealed()) {
            Stream.of(raw.getPermittedSubclasses()).forEach(each -> collect(each, records));
        } else if (raw.isRecord()) {
            if (records.add(raw)) {
                Stream.of(raw.getRecordComponents())
                        .filter(component -> !component.getName().equals("spool"))
                        .forEach(component -> collect(component.getGenericType(), records));
            }
        } else {
            assertThat(raw.isEnum() || Throwable.class.isAssignableFrom(raw) || LEAVES.contains(raw))
                    .as("%s", raw)
                    .isTrue();
        }
    }
}
