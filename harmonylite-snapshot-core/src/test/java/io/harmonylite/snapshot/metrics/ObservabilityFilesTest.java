package io.harmonylite.snapshot.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.health.HealthFacts;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.watch.Headroom;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the files in {@code docs/observability} with the meters that exist, by their names in Prometheus. */
class ObservabilityFilesTest {

    private static final Path FILES = Path.of("../docs/observability");
    private static final Pattern SERIES = Pattern.compile("(harmonylite_snapshot_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!=|=)\\\\?\"([^\"\\\\]*)\\\\?\"");
    private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern ALERT = Pattern.compile("(?s)- alert: (\\w+)\\n.*?(?=- alert|$)");

    @TempDir
    Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** Labels by series. */
    private final TreeMap<String, Set<String>> series = new TreeMap<>();

    @BeforeEach
    void registerAllMeters() throws Exception {
        SnapshotMetrics metrics = SnapshotMetrics.of("orders");
        metrics.bindTo(registry);
        Path database = TestDatabase.create(directory.resolve("orders.db"));
        InMemorySnapshotStore store = new InMemorySnapshotStore(() -> Instant.parse("2026-11-24T00:00:00Z"));
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .listener(metrics)
                .build()) {
            manager.take();
            manager.restore(RestoreRequest.latest());
        }
        StreamHealth stream = new StreamHealth("a", 1, 9, 5, 4, new Headroom(0.5, Optional.empty()));
        HealthFacts facts = new HealthFacts(
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(stream),
                Collections.emptySortedMap(),
                List.of(),
                List.of());
        metrics.accept(SnapshotHealth.of(facts, HealthPolicy.defaults()));
        registry.forEachMeter(this::add);
    }

    /** Names a meter as Micrometer's registry for Prometheus does. */
    private void add(Meter meter) {
        String name = meter.getId().getName().replace('.', '_');
        String unit = meter.getId().getBaseUnit();
        Set<String> labels = meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
        List<String> suffixes = switch (meter.getId().getType()) {
            case TIMER -> List.of("_seconds_count", "_seconds_sum", "_seconds_max");
            case DISTRIBUTION_SUMMARY -> List.of("_bytes_count", "_bytes_sum", "_bytes_max");
            default -> List.of(unit == null ? "" : "_" + unit);
        };
        suffixes.forEach(suffix -> series.put(name + suffix, labels));
    }

    private static String read(String file) throws IOException {
        return Files.readString(FILES.resolve(file));
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana-dashboard.json", "prometheus-alerts.yml"})
    void file_everySeriesAndLabel_exists(String file) throws Exception {
        List<MatchResult> used = matches(SERIES, read(file));
        assertThat(used).hasSizeGreaterThan(8);
        for (MatchResult each : used) {
            assertThat(series).containsKey(each.group(1));
            for (MatchResult label :
                    matches(MATCHER, Optional.ofNullable(each.group(2)).orElse(""))) {
                assertThat(series.get(each.group(1))).as(each.group()).contains(label.group(1));
                if (!label.group(2).equals("=~")) {
                    assertThat(values(label.group(1))).as(each.group()).contains(label.group(3));
                }
            }
        }
        for (MatchResult by : matches(BY, read(file))) {
            assertThat(series.get("harmonylite_snapshot_operation_seconds_count"))
                    .containsAll(List.of(by.group(1).split(", ", -1)));
        }
    }

    private static Set<String> values(String label) {
        return switch (label) {
            case "state" -> words(HealthState.values(), HealthState::name);
            case "operation" -> words(Operation.values(), Operation::label);
            case "stage" -> words(Stage.values(), Stage::name);
            case "outcome" -> Set.of("done", "unchanged", "failed");
            default -> Set.of();
        };
    }

    private static <E> Set<String> words(E[] values, Function<E, String> word) {
        return Arrays.stream(values)
                .map(value -> word.apply(value).toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    @Test
    void dashboard_everyMeter_isShown() throws Exception {
        String dashboard = read("grafana-dashboard.json");
        try (JsonParser parser = new JsonFactory().createParser(dashboard)) {
            while (parser.nextToken() != null) {
                assertThat(parser.currentToken()).isNotNull();
            }
        }
        TreeSet<String> hidden = new TreeSet<>();
        registry.forEachMeter(meter -> {
            String name = meter.getId().getName().replace('.', '_');
            if (!Pattern.compile(name + "(_(seconds|bytes|messages))?(_(sum|count|max))?\\{")
                    .matcher(dashboard)
                    .find()) {
                hidden.add(name);
            }
        });
        assertThat(hidden).isEmpty();
    }

    @Test
    void alerts_everyOne_hasDurationSeverityAndSummary() throws Exception {
        List<MatchResult> alerts = matches(ALERT, read("prometheus-alerts.yml"));
        assertThat(alerts).hasSizeGreaterThan(5);
        for (MatchResult alert : alerts) {
            assertThat(alert.group())
                    .contains("expr: '")
                    .containsPattern("for: \\d+[mh]\\n")
                    .containsPattern("severity: (critical|warning)}")
                    .contains("summary: '");
        }
        for (HealthState state : HealthState.values()) {
            boolean isAlerted = Stream.of(HealthState.STALE, HealthState.FAILING, HealthState.GAP)
                    .anyMatch(state::equals);
            String matcher = "state=\"" + state.name().toLowerCase(Locale.ROOT) + "\"";
            assertThat(read("prometheus-alerts.yml").contains(matcher)).isEqualTo(isAlerted);
        }
    }
}
